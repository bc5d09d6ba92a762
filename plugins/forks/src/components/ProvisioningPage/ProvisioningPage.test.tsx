import {
  act,
  fireEvent,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ProvisioningLogLine } from '@forkyard/plugin-forks-common';
import { answer, forksApiMock, never } from '../../__testUtils__/forksApiMock';
import { renderPage } from '../../__testUtils__/renderPage';
import { makeProvisioning } from '../../__testUtils__/samples';
import { ProvisioningPage } from './ProvisioningPage';

const log: ProvisioningLogLine[] = [
  {
    sequence: 1,
    at: '2026-11-21T08:00:00.000Z',
    step: 'repository',
    level: 'info',
    message: 'Created repository acme/image-studio',
  },
  {
    sequence: 2,
    at: '2026-11-21T08:00:10.000Z',
    step: 'deployment',
    level: 'error',
    message: 'npm run build exited with 1',
  },
];

function apiWith(provisioning = makeProvisioning()) {
  return forksApiMock({
    getProvisioning: jest.fn(async () => provisioning),
    getProvisioningLog: jest.fn(async ({ after = 0 }) => ({
      items: log.filter(({ sequence }) => sequence > after),
    })),
  });
}

const failed = makeProvisioning({
  state: 'failed',
  step: {
    state: 'failed',
    attempts: 2,
    finishedAt: new Date().toISOString(),
    error: {
      message: "Deployment of 'image-studio' failed: the build exited with 1",
      action: 'Correct the code, push it, then resume.',
      retryable: false,
    },
  },
});

describe('ProvisioningPage', () => {
  afterEach(() => jest.useRealTimers());

  it('holds the place of the steps while they load', async () => {
    const forksApi = forksApiMock({ getProvisioning: never });
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    expect(
      await screen.findByText('Loading the provisioning'),
    ).toBeInTheDocument();
  });

  it('says that the provisioning goes on when it cannot be loaded', async () => {
    const forksApi = apiWith();
    forksApi.getProvisioning.mockRejectedValueOnce(
      await answer(503, 'The database does not answer'),
    );
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    expect(await screen.findByText(/It goes on by itself/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('list', { name: 'Steps' })).toBeVisible();
  });

  it('says so when the reader may not see it', async () => {
    const forksApi = forksApiMock({
      getProvisioning: async () => {
        throw await answer(403, 'You may not see fork image-studio');
      },
    });
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    expect(await screen.findByText('You have no access to this')).toBeVisible();
  });

  it('shows each step with its state, its time and what it made', async () => {
    renderPage(<ProvisioningPage id="p-1" />, { forksApi: apiWith() });
    const steps = within(
      await screen.findByRole('list', { name: 'Steps' }),
    ).getAllByRole('listitem');
    expect(steps).toHaveLength(8);
    expect(within(steps[0]).getByText('Done')).toBeVisible();
    expect(within(steps[0]).getByText('8 s')).toBeVisible();
    expect(
      within(steps[0]).getByRole('link', { name: 'acme/image-studio' }),
    ).toHaveAttribute('href', 'https://git.example.com/acme/image-studio');
    expect(steps[5]).toHaveAttribute('aria-current', 'step');
    expect(within(steps[5]).getByText('Running')).toBeVisible();
    expect(
      within(steps[5]).getByText(/(1[2-9]|[2-5]\d) s, usually 9 s/),
    ).toBeVisible();
    expect(within(steps[6]).getByText('Not begun')).toBeVisible();
    expect(
      screen.getByText('Step 6 of 8: building and deploying'),
    ).toBeVisible();
    expect(screen.queryByRole('button', { name: /Unwind/ })).toBeNull();
  });

  it('shows the log of the current step, and of the one that is chosen', async () => {
    renderPage(<ProvisioningPage id="p-1" />, { forksApi: apiWith() });
    const deployment = await screen.findByRole('log', {
      name: 'Log of Deployment',
    });
    expect(
      await within(deployment).findByText('npm run build exited with 1'),
    ).toBeVisible();
    expect(
      within(deployment).queryByText(/Created repository/),
    ).not.toBeInTheDocument();

    await userEvent.click(
      screen.getByRole('button', { name: 'Log of Repository' }),
    );
    expect(
      within(screen.getByRole('log')).getByText(
        'Created repository acme/image-studio',
      ),
    ).toBeVisible();

    await userEvent.click(screen.getByRole('combobox', { name: 'Step' }));
    await userEvent.click(screen.getByRole('option', { name: 'All steps' }));
    const all = screen.getByRole('log', { name: 'Log of all steps' });
    expect(within(all).getAllByText(/Created|exited/)).toHaveLength(2);
  });

  it('keeps the log in which the reader searches when the next step begins', async () => {
    jest.useFakeTimers();
    const forksApi = apiWith();
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    fireEvent.change(
      await screen.findByRole('searchbox', {
        name: 'Search: Log of Deployment',
      }),
      { target: { value: 'npm' } },
    );
    forksApi.getProvisioning.mockResolvedValue(
      makeProvisioning({ at: 'verification' }),
    );
    await act(() => jest.advanceTimersByTimeAsync(2_000));
    expect(screen.getByText(/^Step 7 of 8/)).toBeVisible();
    expect(screen.getByRole('searchbox')).toHaveValue('npm');
  });

  it('reads a long log in portions, from where it stopped', async () => {
    const forksApi = apiWith();
    const lines = Array.from({ length: 1_500 }, (_, index) => ({
      ...log[1],
      sequence: index + 1,
      message: `line ${index + 1}`,
    }));
    forksApi.getProvisioningLog.mockImplementation(async ({ after = 0 }) => ({
      items: lines.slice(after, after + 1_000),
    }));
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    expect(await screen.findByText('line 1500')).toBeInTheDocument();
    // It goes on looking for what is new.
    const [first, second, ...later] =
      forksApi.getProvisioningLog.mock.calls.map(([{ after }]) => after);
    expect([first, second]).toEqual([undefined, 1_000]);
    expect(later.every(after => after === 1_500)).toBe(true);
  });

  it('keeps the steps when only the log cannot be loaded', async () => {
    const forksApi = apiWith();
    forksApi.getProvisioningLog.mockRejectedValueOnce(
      await answer(500, 'No log'),
    );
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    expect(
      await screen.findByText('The log could not be loaded'),
    ).toBeVisible();
    expect(screen.getByRole('list', { name: 'Steps' })).toBeVisible();
  });

  it('ends with the URL, the repository and the catalog page', async () => {
    renderPage(<ProvisioningPage id="p-1" />, {
      forksApi: apiWith(
        makeProvisioning({
          state: 'succeeded',
          productionUrl: 'https://image-studio.example.com',
          repositoryUrl: 'https://git.example.com/acme/image-studio',
        }),
      ),
    });
    expect(
      await screen.findByRole('link', { name: 'Open image-studio' }),
    ).toHaveAttribute('href', 'https://image-studio.example.com');
    const outcome = within(screen.getByLabelText('Your fork'));
    expect(
      outcome.getByRole('link', {
        name: 'https://git.example.com/acme/image-studio',
      }),
    ).toBeVisible();
    expect(
      outcome.getByRole('link', { name: 'Go to its catalog page' }),
    ).toHaveAttribute('href', '/entity/default/component/image-studio');
    expect(screen.getByText('image-studio is live')).toBeVisible();
  });

  it('says why a step failed and what to do', async () => {
    renderPage(<ProvisioningPage id="p-1" />, { forksApi: apiWith(failed) });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Deployment failed');
    expect(alert).toHaveTextContent('the build exited with 1');
    expect(alert).toHaveTextContent('Correct the code, push it, then resume.');
    expect(alert).toHaveTextContent(
      'Resuming without a change will fail again.',
    );
    expect(screen.getByText(/attempt 2/)).toBeVisible();
  });

  it('resumes after saying what it will do', async () => {
    const forksApi = apiWith(failed);
    forksApi.resumeProvisioning.mockResolvedValue(makeProvisioning());
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Resume image-studio' }),
    );
    const dialog = screen.getByRole('dialog', { name: 'Resume image-studio?' });
    expect(dialog).toHaveTextContent('Goes on with the step deployment.');
    expect(forksApi.resumeProvisioning).not.toHaveBeenCalled();
    forksApi.getProvisioning.mockResolvedValue(makeProvisioning());
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Resume image-studio' }),
    );
    expect(forksApi.resumeProvisioning).toHaveBeenCalledWith({ id: 'p-1' });
    await waitFor(() =>
      expect(
        screen.queryByRole('button', { name: 'Resume image-studio' }),
      ).not.toBeInTheDocument(),
    );
  });

  it('unwinds after naming what it will remove, and says when it could not', async () => {
    const forksApi = apiWith(failed);
    forksApi.unwindProvisioning.mockRejectedValueOnce(
      await answer(503, 'GitHub does not answer'),
    );
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Unwind image-studio' }),
    );
    const dialog = screen.getByRole('dialog', { name: 'Unwind image-studio?' });
    expect(dialog).toHaveTextContent('repository acme/image-studio');
    const confirm = within(dialog).getByRole('button', {
      name: 'Unwind image-studio',
    });
    await userEvent.click(confirm);
    expect(
      await within(dialog).findByText('image-studio was not unwound'),
    ).toBeVisible();
    await userEvent.click(confirm);
    expect(forksApi.unwindProvisioning).toHaveBeenCalledTimes(2);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('lets one that waits go on to the end', async () => {
    const forksApi = apiWith(
      makeProvisioning({
        state: 'waiting',
        through: 'repository',
        at: 'project',
        step: { state: 'pending', startedAt: undefined },
      }),
    );
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Resume image-studio' }),
    );
    const dialog = screen.getByRole('dialog');
    expect(dialog).toHaveTextContent('Goes on with the step project.');
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Resume image-studio' }),
    );
    expect(forksApi.advanceProvisioning).toHaveBeenCalledWith({
      id: 'p-1',
      through: 'registration',
    });
  });

  it.each([
    ['unwinding' as const, /is being removed/],
    ['unwound' as const, /has been removed/],
  ])('says what is left when it is %s', async (state, sentence) => {
    renderPage(<ProvisioningPage id="p-1" />, {
      forksApi: apiWith(makeProvisioning({ state, step: { state: 'undone' } })),
    });
    expect(await screen.findByText(sentence)).toBeVisible();
  });
});
