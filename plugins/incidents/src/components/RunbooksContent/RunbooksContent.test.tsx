import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { IncidentsApi } from '@forkyard/plugin-incidents-common';
import {
  answered,
  createAlert,
  createIncidentsApi,
  createResolvedAlert,
  createRun,
  createRunbook,
  listOf,
  minutesAgo,
  runbooks,
} from '../../__testUtils__/incidents';
import { renderWithIncidents } from '../../__testUtils__/renderWithIncidents';
import { RunbooksContent } from './RunbooksContent';

const errorRate = 'runbook=runbooks%2Fhigh-error-rate.md';

function renderTab(
  options: Partial<Parameters<typeof renderWithIncidents>[1]> & {
    overrides?: Partial<IncidentsApi>;
  } = {},
) {
  const api = createIncidentsApi(options.overrides);
  return {
    ...renderWithIncidents(<RunbooksContent />, { api, ...options }),
    api,
  };
}

const address = () => screen.getByTestId('address');
const article = () => screen.findByRole('article', { name: 'High error rate' });
const startButton = () =>
  screen.findByRole('button', { name: 'Run this runbook' });

/** Presses it once the alert for which it runs is known. */
async function start() {
  const button = await startButton();
  await waitFor(() => expect(button).toBeEnabled());
  await userEvent.click(button);
}

describe('RunbooksContent', () => {
  it('says that it loads, then lists alerts, runbooks and runs, with nothing open', async () => {
    let answer: (value: typeof runbooks) => void = () => {};
    const pending = new Promise<typeof runbooks>(resolve => {
      answer = resolve;
    });
    renderTab({ overrides: { listRunbooks: () => pending } });
    expect(await screen.findByText('Loading runbooks')).toBeInTheDocument();
    answer(runbooks);
    const list = within(
      await screen.findByRole('region', { name: 'Runbooks' }),
    );
    expect(
      (await list.findAllByRole('button')).map(button => button.textContent),
    ).toEqual(['High error rate3 steps', 'Roll back1 step, 2 problems']);
    expect(
      await screen.findByRole('region', { name: 'Recent runs' }),
    ).toHaveTextContent('High error rateWaiting for you ana, 3 min ago');
    expect(await screen.findByText('1 alert needs a look')).toBeVisible();
    expect(screen.getByText('No runbook is open')).toBeInTheDocument();
  });

  it('opens the runbook of an alert, and runs it for that alert', async () => {
    const { api } = renderTab();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Open runbook' }),
    );
    expect(address()).toHaveTextContent(
      `?${errorRate}&alert=${createAlert().id}`,
    );
    expect(await article()).toHaveTextContent(
      /Step 1: Find the causeDid it begin with a deployment\?/,
    );
    expect(
      await screen.findByText(
        'A run belongs to the alert "Requests that do not fail".',
      ),
    ).toBeVisible();
    await start();
    expect(
      await screen.findByRole('region', { name: 'Run of High error rate' }),
    ).toBeVisible();
    expect(api.startRun).toHaveBeenCalledWith({
      entityRef: 'component:default/image-studio',
      runbookPath: 'runbooks/high-error-rate.md',
      runbookHash: 'a'.repeat(64),
      alertId: createAlert().id,
    });
    expect(address()).toHaveTextContent('run=run-1');
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(address()).not.toHaveTextContent('run=run-1');
    expect(await article()).toBeInTheDocument();
  });

  it("finds the alert that a link names by its source's id: the one that fires", async () => {
    const { fingerprint } = createAlert();
    const { api } = renderTab({
      overrides: {
        listAlerts: listOf([
          createResolvedAlert({ fingerprint }),
          createAlert(),
        ]),
      },
      path: `/?${errorRate}&alert=${fingerprint}`,
    });
    await start();
    await waitFor(() =>
      expect(api.startRun).toHaveBeenCalledWith(
        expect.objectContaining({ alertId: createAlert().id }),
      ),
    );
    const [alert] = within(
      screen.getByRole('list', { name: 'Open alerts' }),
    ).getAllByRole('listitem');
    expect(alert).toHaveAttribute('aria-current', 'true');
  });

  it('shows which alert is meant when it is over', async () => {
    const resolved = createResolvedAlert();
    renderTab({ path: `/?alert=${resolved.fingerprint}` });
    const list = await screen.findByRole('list', { name: 'Resolved alerts' });
    expect(within(list).getByRole('listitem')).toHaveAttribute(
      'aria-current',
      'true',
    );
  });

  it('finds an alert that no list holds by its id, if it is of the entity', async () => {
    const older = createResolvedAlert({ id: 'older', title: 'Long ago' });
    const overrides = {
      getAlert: async () => ({ ...older, timeline: [] }),
    };
    const path = `/?${errorRate}&alert=older`;
    const { unmount } = renderTab({ overrides, path });
    expect(
      await screen.findByText('A run belongs to the alert "Long ago".'),
    ).toBeVisible();
    unmount();
    older.entityRef = 'component:default/checkout';
    renderTab({ overrides, path });
    expect(
      await screen.findByText(/The alert of this address is not known here/),
    ).toBeVisible();
  });

  it('runs for no alert when that of the address is unknown, and says so', async () => {
    const { api } = renderTab({
      overrides: {
        getAlert: async () => {
          throw answered(404, 'There is no such alert');
        },
      },
      path: `/?${errorRate}&alert=9a9a9a9a-0000-4000-8000-00000000beef`,
    });
    expect(
      await screen.findByText(
        'The alert of this address is not known here. A run belongs to no alert.',
      ),
    ).toBeVisible();
    await start();
    await waitFor(() =>
      expect(api.startRun).toHaveBeenCalledWith(
        expect.objectContaining({ alertId: undefined }),
      ),
    );
  });

  it('waits for the alert of the address, and goes without it when it cannot be loaded', async () => {
    let fail: (error: Error) => void = () => {};
    const pending = new Promise<never>((_, reject) => (fail = reject));
    renderTab({
      overrides: { getAlert: () => pending },
      path: `/?${errorRate}&alert=unknown`,
    });
    const button = await startButton();
    expect(button).toBeDisabled();
    fail(answered(503, 'The database is away'));
    expect(
      await screen.findByText(
        'The alert of this address could not be loaded: The database is away. A run belongs to no alert.',
      ),
    ).toBeVisible();
    expect(button).toBeEnabled();
  });

  it('opens a linked runbook here, keeps the alert and the run, and moves the focus', async () => {
    renderTab({ path: `/?${errorRate}&alert=${createAlert().id}&run=run-1` });
    const link = await screen.findByRole('link', { name: 'what it undoes' });
    await userEvent.click(link);
    expect(address()).toHaveTextContent(
      `?runbook=runbooks%2Froll-back.md&alert=${createAlert().id}&run=run-1#what-it-undoes`,
    );
    expect(
      await screen.findByText(/^runbooks\/roll-back\.md, as of/),
    ).toBeVisible();
    expect(document.activeElement).toContainElement(await article());
  });

  it('opens pages in a new tab, and links nowhere else', async () => {
    renderTab({
      overrides: {
        getRunbook: async () =>
          createRunbook({
            parts: [
              {
                kind: 'text',
                markdown: [
                  '[status](https://www.vercel-status.com/)',
                  '[readme](../README.md)',
                  '[mail](mailto:a@example.com)',
                  '<a href="javascript:alert(1)">script</a>',
                  '![diagram](diagram.png)',
                ].join('\n\n'),
              },
            ],
            steps: [],
          }),
      },
      path: `/?${errorRate}`,
    });
    const links = within(await article()).getAllByRole('link');
    expect(links).toHaveLength(1);
    expect(links[0]).toHaveAttribute('href', 'https://www.vercel-status.com/');
    expect(links[0]).toHaveAttribute('target', '_blank');
    expect(links[0]).toHaveAttribute('rel', 'noopener');
    expect(await article()).toHaveTextContent(/readme.*mail.*script/);
    expect(screen.getByRole('img', { name: 'diagram' })).toHaveAttribute(
      'src',
      '',
    );
    expect(screen.getByText(/It has no steps to run/)).toBeVisible();
  });

  it('scrolls to the heading that the address names', async () => {
    const scrollIntoView = jest.fn();
    window.HTMLElement.prototype.scrollIntoView = scrollIntoView;
    renderTab({
      overrides: {
        getRunbook: async () =>
          createRunbook({
            parts: [{ kind: 'text', markdown: '# One\n\n## 2. Go back!' }],
          }),
      },
      path: `/?${errorRate}#2-go-back`,
    });
    const heading = await screen.findByRole('heading', { name: '2. Go back!' });
    await waitFor(() =>
      expect(scrollIntoView.mock.contexts).toEqual([heading]),
    );
  });

  it('says where a runbook is broken, and does not run it', async () => {
    const broken = createRunbook();
    delete broken.steps[1].spec;
    broken.steps[1].problem = "type 'rolback' is not known";
    renderTab({
      overrides: {
        getRunbook: async () => ({
          ...broken,
          problems: [
            { line: 16, message: "type 'rolback' is not known" },
            { line: 40, message: 'A step stands in a list' },
          ],
          staleReason: 'GitHub does not answer',
        }),
      },
      path: `/?${errorRate}`,
    });
    expect(await startButton()).toBeDisabled();
    const [problems, stale] = await screen.findAllByRole('alert');
    expect(problems).toHaveTextContent(
      "It cannot be run until runbooks/high-error-rate.md is corrected. Its text can be followed by hand.Line 16: type 'rolback' is not known.Line 40: A step stands in a list.",
    );
    expect(stale).toHaveTextContent(
      'The repository could not be read again: GitHub does not answer.',
    );
    expect(await article()).toHaveTextContent(
      "Step 2: Go backIt is broken: runbooks/high-error-rate.md, line 15: type 'rolback' is not known.",
    );
  });

  it('reads the runbook again when it was not started because it changed', async () => {
    const { api } = renderTab({
      overrides: {
        startRun: async () => {
          throw answered(409, 'It has changed since you opened it');
        },
      },
      path: `/?${errorRate}`,
    });
    await start();
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The runbook was not startedIt has changed since you opened it.',
    );
    await waitFor(() => expect(api.getRunbook).toHaveBeenCalledTimes(2));
  });

  it('goes from run to run, and from runbook to runbook', async () => {
    const { api } = renderTab({
      overrides: {
        listRuns: async () => ({
          items: [
            createRun({ id: 'run-2', state: 'succeeded', alertId: undefined }),
          ],
        }),
      },
    });
    const runs = await screen.findByRole('region', { name: 'Recent runs' });
    await userEvent.click(within(runs).getByRole('button'));
    expect(address()).toHaveTextContent(
      /^\?runbook=.*high-error-rate.md&run=run-2$/,
    );
    await waitFor(() =>
      expect(api.getRun).toHaveBeenCalledWith(
        { id: 'run-2' },
        expect.anything(),
      ),
    );
    const list = screen.getByRole('region', { name: 'Runbooks' });
    const button = await within(list).findByRole('button', {
      name: /^Roll back/,
    });
    await userEvent.click(button);
    expect(button).toHaveAttribute('aria-current', 'true');
    expect(address()).toHaveTextContent(/^\?runbook=runbooks%2Froll-back.md$/);
  });

  it('says what would be here, what was left out, and what could not be read again', async () => {
    renderTab({
      overrides: {
        listRuns: async () => ({ items: [] }),
        listRunbooks: async () => ({
          ...runbooks,
          folder: 'ops',
          items: [],
          leftOut: ["'long.md' is longer than 64000 bytes: split it."],
          asOf: minutesAgo(9),
          staleReason: 'GitHub does not answer',
        }),
      },
    });
    const list = await screen.findByRole('region', { name: 'Runbooks' });
    expect(await within(list).findByText('No runbooks yet')).toBeVisible();
    expect(list).toHaveTextContent(/in the folder ops of the repository/);
    expect(list).toHaveTextContent(/'long.md' is longer than 64000 bytes/);
    expect(within(list).getByRole('alert')).toHaveTextContent(
      'The repository could not be read again: GitHub does not answer.',
    );
    expect(
      screen.queryByRole('region', { name: 'Recent runs' }),
    ).not.toBeInTheDocument();
  });

  it('does not call a repository empty that was never read', async () => {
    renderTab({
      overrides: {
        listRunbooks: async () => ({
          ...runbooks,
          items: [],
          asOf: undefined,
          staleReason: 'GitHub does not answer',
        }),
      },
    });
    expect(
      await screen.findByText(
        'The repository could not be read: GitHub does not answer.',
      ),
    ).toBeVisible();
    expect(screen.queryByText('No runbooks yet')).not.toBeInTheDocument();
  });

  it('says apart what could not be loaded', async () => {
    const fails = async () => {
      throw new Error('The database is away');
    };
    renderTab({
      overrides: {
        listRunbooks: fails,
        listRuns: fails,
        getRunbook: fails,
      },
      path: `/?${errorRate}`,
    });
    for (const title of [
      'The runbooks could not be read',
      'The runs could not be loaded',
      'The runbook runbooks/high-error-rate.md could not be read',
    ]) {
      expect(await screen.findByText(title)).toBeVisible();
    }
    expect(await screen.findByText('1 alert needs a look')).toBeVisible();
  });

  it('shows what the reader may see, and asks for nothing else', async () => {
    const first = renderTab({
      denied: ['incidents.alert.read', 'incidents.runbook.run'],
      entityName: 'runbooks-only',
      path: `/?${errorRate}&alert=anything`,
    });
    expect(
      await screen.findByText('You may not see these alerts'),
    ).toBeVisible();
    expect(await screen.findByText(/Its owners may run it/)).toBeVisible();
    expect(
      screen.queryByRole('button', { name: 'Run this runbook' }),
    ).not.toBeInTheDocument();
    first.unmount();
    renderTab({
      denied: ['incidents.runbook.read'],
      entityName: 'alerts-only',
      path: `/?${errorRate}&run=run-1`,
    });
    expect(
      await screen.findByText('You may not see these runbooks'),
    ).toBeVisible();
    expect(await screen.findByText('1 alert needs a look')).toBeVisible();
    expect(screen.queryByRole('article')).not.toBeInTheDocument();
  });
});
