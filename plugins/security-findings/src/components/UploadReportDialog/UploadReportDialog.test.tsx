import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createFindingsApi, entityRef } from '../../__testUtils__/findings';
import { renderWithFindings } from '../../__testUtils__/renderWithFindings';
import { UploadReportDialog } from './UploadReportDialog';

const report = { version: '2.1.0', runs: [] };

/** The answer to a report with far less than the one before. */
const doubted = {
  entityRef,
  category: 'semgrep',
  results: 0,
  opened: 0,
  fixed: 0,
  unconfirmed: true,
};

async function fill(content: string) {
  await userEvent.type(await screen.findByLabelText(/Category/), 'semgrep');
  await userEvent.upload(
    screen.getByLabelText(/SARIF file/),
    new File([content], 'report.sarif', { type: 'application/json' }),
  );
}

function render(api: ReturnType<typeof createFindingsApi>) {
  const onDone = jest.fn();
  const onClose = jest.fn();
  renderWithFindings(
    <UploadReportDialog
      entityRef={entityRef}
      onDone={onDone}
      onClose={onClose}
    />,
    { api },
  );
  return { onDone, onClose };
}

/** Presses it once what was sent before is answered. */
async function submit(name = 'Upload report') {
  const button = await screen.findByRole('button', { name });
  await waitFor(() => expect(button).toBeEnabled());
  await userEvent.click(button);
}

describe('the upload of a report', () => {
  it('says what is missing', async () => {
    const api = createFindingsApi();
    render(api);
    await screen.findByLabelText(/Category/);
    await submit();
    expect(await screen.findByText(/Name the tool/)).toBeVisible();
    expect(screen.getByText(/Choose a SARIF 2.1.0 file/)).toBeVisible();
    expect(screen.getByLabelText(/SARIF file/)).toBeInvalid();
    expect(api.uploadSarif).not.toHaveBeenCalled();
  });

  it('sends the report and says what it changed', async () => {
    const api = createFindingsApi();
    const { onDone, onClose } = render(api);
    await fill(JSON.stringify(report));
    await userEvent.type(screen.getByLabelText('Commit'), '3f2c1a9');
    await submit();
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(api.uploadSarif).toHaveBeenCalledWith({
      entityRef,
      category: 'semgrep',
      report,
      commit: '3f2c1a9',
      confirm: undefined,
    });
    expect(onDone).toHaveBeenCalled();
  });

  it('names the file that is not JSON', async () => {
    const api = createFindingsApi();
    const { onClose } = render(api);
    await fill('<xml/>');
    await submit();
    expect(await screen.findByText(/report.sarif is not JSON/)).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
    expect(api.uploadSarif).not.toHaveBeenCalled();
  });

  it('does not ask for what was sent before when the reader has changed it meanwhile', async () => {
    const api = createFindingsApi();
    let answer: (result: typeof doubted) => void = () => {};
    api.uploadSarif.mockReturnValueOnce(
      new Promise(resolve => {
        answer = resolve;
      }),
    );
    render(api);
    await fill(JSON.stringify(report));
    await submit();
    await waitFor(() => expect(api.uploadSarif).toHaveBeenCalledTimes(1));
    await userEvent.type(screen.getByLabelText(/Category/), '-2');
    answer(doubted);
    await waitFor(() =>
      expect(
        screen.getByRole('button', { name: 'Upload report' }),
      ).toBeEnabled(),
    );
    expect(screen.queryByText(/so nothing was closed/)).not.toBeInTheDocument();
  });

  it('asks before a report with far less than before closes anything', async () => {
    const api = createFindingsApi();
    api.uploadSarif.mockResolvedValueOnce(doubted);
    const { onClose } = render(api);
    await fill(JSON.stringify(report));
    await submit();
    expect(await screen.findByText(/so nothing was closed/)).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
    await submit('Close what it lacks');
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(api.uploadSarif).toHaveBeenLastCalledWith(
      expect.objectContaining({ confirm: true }),
    );
  });
});
