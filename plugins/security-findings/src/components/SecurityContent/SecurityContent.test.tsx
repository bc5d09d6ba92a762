import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  cleanSummary,
  createFinding,
  createFindingsApi,
  critical,
  high,
  waived,
} from '../../__testUtils__/findings';
import { renderWithFindings } from '../../__testUtils__/renderWithFindings';
import { SecurityContent } from './SecurityContent';

async function unfold(title: string) {
  const head = await screen.findByRole('button', { name: new RegExp(title) });
  await userEvent.click(head);
  expect(head).toHaveAttribute('aria-expanded', 'true');
  return within(screen.getByRole('region', { name: new RegExp(title) }));
}

function titles() {
  const list = screen.getByRole('region', { name: 'Findings' });
  return within(list)
    .queryAllByRole('listitem')
    .map(item => within(item).getAllByRole('button')[0].textContent);
}

describe('the tab Security', () => {
  it('says that it is loading until the first answer', async () => {
    const api = createFindingsApi({
      getSummary: () => new Promise<never>(() => {}),
    });
    renderWithFindings(<SecurityContent />, { api });
    expect(await screen.findByText('Loading findings')).toBeInTheDocument();
  });

  it('answers first, then lists in the order of the backend', async () => {
    renderWithFindings(<SecurityContent />, { api: createFindingsApi() });
    expect(
      await screen.findByText('1 critical, 1 high, 1 overdue.'),
    ).toBeVisible();
    expect(screen.getByText('Failing')).toBeVisible();
    await screen.findByText('Token in a file');
    expect(titles()).toEqual([
      expect.stringContaining('Prototype pollution in minimist'),
      expect.stringContaining('Token in a file'),
    ]);
  });

  it('unfolds a finding to place, remedy, due date, sources, fingerprint and link', async () => {
    renderWithFindings(<SecurityContent />, { api: createFindingsApi() });
    const details = await unfold('Prototype pollution');
    expect(
      details.getByText('Upgrade minimist to 1.2.6 or newer.'),
    ).toBeVisible();
    expect(
      details.getByText('minimist 1.2.5 in package-lock.json:12'),
    ).toBeVisible();
    expect(details.getByText('CVE-2021-23337')).toBeVisible();
    expect(details.getByText(/, overdue/)).toBeVisible();
    expect(
      details.getByRole('button', { name: /^Copy fingerprint critical-fin/ }),
    ).toBeVisible();
    expect(
      details.getByRole('link', { name: 'Open at Dependabot' }),
    ).toHaveAttribute('href', critical.url);
  });

  it('shows text from outside as text, and follows no link but http and https', async () => {
    const hostile = createFinding({
      id: 'hostile',
      title: '<img src=x onerror="document.title=1"> in a report',
      description: '<script>alert(1)</script> [a](b)',
      url: ['java', 'script:alert(1)'].join(''),
      location: { url: 'data:text/html,x' },
    });
    const api = createFindingsApi({
      listFindings: async () => ({ items: [hostile] }),
    });
    const { container } = renderWithFindings(<SecurityContent />, { api });
    const details = await unfold('onerror');
    expect(details.getByText('<script>alert(1)</script> [a](b)')).toBeVisible();
    expect(details.queryByRole('link')).not.toBeInTheDocument();
    expect(container.querySelector('img, script')).toBeNull();
  });

  it('waives with a reason and a day, after saying what is missing', async () => {
    const api = createFindingsApi();
    renderWithFindings(<SecurityContent />, { api });
    const details = await unfold('Token in a file');
    await userEvent.click(details.getByRole('button', { name: 'Waive' }));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Waive this finding?' }),
    );
    const submit = dialog.getByRole('button', { name: 'Waive finding' });
    await userEvent.click(submit);
    expect(await dialog.findByText(/at least 10 characters/)).toBeVisible();
    expect(api.waiveFinding).not.toHaveBeenCalled();
    await userEvent.click(dialog.getByLabelText(/Why may it stay/));
    await userEvent.paste('Revoked at the provider already.');
    await userEvent.clear(dialog.getByLabelText(/Until the end of/));
    await userEvent.click(submit);
    expect(await dialog.findByText(/Name the day/)).toBeVisible();
    const day = new Date(Date.now() + 30 * 86_400_000)
      .toISOString()
      .slice(0, 10);
    await userEvent.type(dialog.getByLabelText(/Until the end of/), day);
    api.listFindings.mockResolvedValue({ items: [critical] });
    await userEvent.click(submit);
    await waitFor(() =>
      expect(api.waiveFinding).toHaveBeenCalledWith({
        id: 'high',
        reason: 'Revoked at the provider already.',
        expiresAt: `${day}T23:59:59.000Z`,
      }),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(screen.queryByText('Token in a file')).not.toBeInTheDocument();
    expect(screen.getByText('Prototype pollution in minimist')).toBeVisible();
    expect(screen.getByRole('heading', { name: 'Findings' })).toHaveFocus();
  });

  it('keeps the dialog and the reason when a waiver is refused', async () => {
    const api = createFindingsApi({
      waiveFinding: async () => {
        throw new Error('Somebody else waived it');
      },
    });
    renderWithFindings(<SecurityContent />, { api });
    const details = await unfold('Token in a file');
    await userEvent.click(details.getByRole('button', { name: 'Waive' }));
    const reason = await screen.findByLabelText(/Why may it stay/);
    await userEvent.click(reason);
    await userEvent.paste('Long enough a reason');
    await userEvent.click(
      screen.getByRole('button', { name: 'Waive finding' }),
    );
    expect(await screen.findByText(/Somebody else waived it/)).toBeVisible();
    expect(reason).toHaveValue('Long enough a reason');
  });

  it('shows waived ones with who and why, and opens them again', async () => {
    const api = createFindingsApi();
    renderWithFindings(<SecurityContent />, { api, path: '/?state=waived' });
    const details = await unfold('Missing header');
    expect(details.getByText('The gateway sets it.')).toBeVisible();
    expect(details.getByText(/by user:default\/ana/)).toBeVisible();
    await userEvent.click(details.getByRole('button', { name: 'Re-open' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Re-open finding' }),
    );
    await waitFor(() =>
      expect(api.unwaiveFinding).toHaveBeenCalledWith({ id: waived.id }),
    );
  });

  it('narrows by severity, source, state, due date and text, and clears it again', async () => {
    const api = createFindingsApi();
    renderWithFindings(<SecurityContent />, { api });
    await screen.findByText('Token in a file');
    await userEvent.click(screen.getByLabelText('Severity'));
    await userEvent.click(screen.getByRole('option', { name: 'Critical' }));
    await userEvent.click(screen.getByLabelText('Source'));
    await userEvent.click(screen.getByRole('option', { name: 'Dependabot' }));
    await userEvent.click(screen.getByLabelText('State'));
    await userEvent.click(screen.getByRole('option', { name: 'All' }));
    await userEvent.click(screen.getByLabelText('Overdue only'));
    api.listFindings.mockResolvedValue({ items: [] });
    await userEvent.type(screen.getByLabelText('Search'), 'minimist{Enter}');
    await waitFor(() =>
      expect(api.listFindings).toHaveBeenLastCalledWith(
        expect.objectContaining({
          severities: ['critical'],
          sources: ['dependabot'],
          states: ['open', 'fixed', 'waived'],
          overdue: true,
          search: 'minimist',
        }),
        expect.anything(),
      ),
    );
    expect(await screen.findByText('No finding matches')).toBeVisible();
    api.listFindings.mockResolvedValue({ items: [high] });
    await userEvent.click(
      screen.getByRole('button', { name: 'Clear the filter' }),
    );
    expect(await screen.findByText('Token in a file')).toBeVisible();
  });

  it('reads further pages by cursor, and says why one did not come', async () => {
    const api = createFindingsApi();
    api.listFindings.mockImplementation(async ({ cursor }) =>
      cursor
        ? { items: [high] }
        : { items: [critical], nextCursor: 'second page' },
    );
    renderWithFindings(<SecurityContent />, { api });
    const more = await screen.findByRole('button', { name: 'Show more' });
    api.listFindings.mockRejectedValueOnce(new Error('Cursor is broken'));
    await userEvent.click(more);
    expect(await screen.findByText(/Cursor is broken/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Token in a file')).toBeVisible();
    expect(api.listFindings).toHaveBeenLastCalledWith(
      expect.objectContaining({ cursor: 'second page' }),
    );
    expect(
      screen.queryByRole('button', { name: 'Show more' }),
    ).not.toBeInTheDocument();
  });

  it('says what each source knows, as of when and why not newer, and reads again on request', async () => {
    const api = createFindingsApi();
    renderWithFindings(<SecurityContent />, { api });
    const region = await screen.findByRole('region', { name: 'Sources' });
    const rows = within(region)
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent);
    expect(rows[0]).toMatch(/Dependabot.*Read.*1 open, as of/);
    expect(rows[1]).toMatch(
      /GitHub secret scanning.*Not readable.*GitHub did not answer in time\./,
    );
    expect(rows[2]).toMatch(/Uploaded report \(semgrep\).*To be confirmed/);
    api.refreshEntity.mockRejectedValueOnce(new Error('Still busy'));
    const button = within(region).getByRole('button', {
      name: 'Read all sources now',
    });
    await userEvent.click(button);
    expect(await screen.findByText(/Still busy/)).toBeVisible();
    await userEvent.click(button);
    await waitFor(() =>
      expect(screen.queryByText(/Still busy/)).not.toBeInTheDocument(),
    );
  });

  it('begins where nothing was found', async () => {
    const api = createFindingsApi({
      getSummary: async () => cleanSummary,
      listFindings: async () => ({ items: [] }),
    });
    renderWithFindings(<SecurityContent />, { api });
    expect(await screen.findByText('No open finding')).toBeInTheDocument();
    expect(screen.getByText('No open findings.')).toBeInTheDocument();
  });

  it('shows the error of the counts, and the error of the list beside them', async () => {
    const api = createFindingsApi();
    api.getSummary.mockRejectedValueOnce(new Error('Database is gone'));
    renderWithFindings(<SecurityContent />, { api });
    expect(await screen.findByText(/Database is gone/)).toBeInTheDocument();
    api.listFindings.mockRejectedValueOnce(new Error('List is broken'));
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/List is broken/)).toBeInTheDocument();
    expect(screen.getByRole('status')).toHaveTextContent('1 critical');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Token in a file')).toBeVisible();
  });

  it('shows nothing to those who may not read', async () => {
    renderWithFindings(<SecurityContent />, {
      api: createFindingsApi(),
      entityName: 'secret-tab',
      denied: ['security-findings.finding.read'],
    });
    expect(
      await screen.findByText('You may not see these findings'),
    ).toBeInTheDocument();
  });

  it('says why a reader may not waive, and offers no upload to them', async () => {
    const api = createFindingsApi();
    renderWithFindings(<SecurityContent />, {
      api,
      entityName: 'read-only',
      denied: [
        'security-findings.finding.waive',
        'security-findings.report.upload',
      ],
    });
    const details = await unfold('Token in a file');
    const waive = details.getByRole('button', { name: 'Waive' });
    expect(waive).toHaveAttribute('aria-disabled', 'true');
    expect(waive).toHaveAccessibleDescription(/You may not waive/);
    await userEvent.click(waive);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Upload a report' }),
    ).not.toBeInTheDocument();
  });

  it('can be worked with the keyboard alone', async () => {
    renderWithFindings(<SecurityContent />, { api: createFindingsApi() });
    const head = await screen.findByRole('button', { name: /Token in a file/ });
    head.focus();
    await userEvent.keyboard('{Enter}');
    expect(head).toHaveAttribute('aria-expanded', 'true');
    await userEvent.tab();
    await userEvent.tab();
    const waive = screen.getByRole('button', { name: 'Waive' });
    expect(waive).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    const reason = await screen.findByLabelText(/Why may it stay/);
    await waitFor(() => expect(reason).toHaveFocus());
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(waive).toHaveFocus());
  });
});
