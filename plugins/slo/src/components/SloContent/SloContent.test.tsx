import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { SloApi } from '@forkyard/plugin-slo-common';
import { renderWithSlos } from '../../__testUtils__/renderWithSlos';
import {
  createAlert,
  createSlo,
  createSloApi,
  createSlos,
  createTraffic,
  entityRef,
} from '../../__testUtils__/slos';
import { SloContent } from './SloContent';

const figure = (name: RegExp) => screen.findByRole('figure', { name });

describe('SloContent', () => {
  it('says that it loads, then answers first how the SLOs stand', async () => {
    let answer: (value: ReturnType<typeof createSlos>) => void = () => {};
    const pending = new Promise<ReturnType<typeof createSlos>>(resolve => {
      answer = resolve;
    });
    const api = createSloApi({ listSlos: () => pending });
    renderWithSlos(<SloContent />, { api });
    expect(await screen.findByText('Loading SLOs')).toBeInTheDocument();
    answer(createSlos());
    expect(
      await screen.findByText(
        '1 of 2 SLOs burns its error budget too fast: Requests that do not fail.',
      ),
    ).toBeVisible();
    const [first, second] = within(
      screen.getByRole('list', { name: 'SLOs' }),
    ).getAllByRole('button');
    expect(first).toHaveTextContent(
      '99.93 % of 99.9 %, 31 % of budget left, runs out in 9 days at this rate',
    );
    expect(first).toHaveTextContent('16 times too fast');
    expect(second).toHaveTextContent(
      '98.00 % of 95 %, 60 % of budget left, lasts at this rate',
    );
  });

  it('opens the runbook of a firing alert at the alert', async () => {
    renderWithSlos(<SloContent />, { api: createSloApi() });
    const firing = await screen.findByRole('region', { name: 'Firing alerts' });
    expect(firing).toHaveTextContent(/Page, firing since 20 min ago/);
    expect(
      within(firing).getByRole('link', { name: 'Open runbook' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/component/image-studio/runbooks?runbook=runbooks%2Fhigh-error-rate.md&alert=alert-1',
    );
  });

  it('explains the worst SLO, and another one when it is chosen', async () => {
    const api = createSloApi();
    renderWithSlos(<SloContent />, { api });
    const panel = await screen.findByRole('region', {
      name: 'Requests that do not fail',
    });
    expect(panel).toHaveTextContent('99.9 % of requests over 28 days');
    expect(panel).toHaveTextContent('70 of 100,000 missed it');
    const rows = within(
      within(panel).getByRole('region', { name: /Burn rate/ }),
    ).getAllByRole('row');
    expect(rows[1]).toHaveTextContent(
      /1 h and 5 minFiring16\.2 and 2013\.4page/,
    );
    expect(rows[2]).toHaveTextContent(
      /3 d and 6 hUnknown0\.9 and unknown1ticket/,
    );
    const budget = await figure(/Error budget left/);
    expect(within(budget).getByText('31 %')).toBeVisible();

    await userEvent.click(
      screen.getByRole('button', { name: /Requests that are quick/ }),
    );
    expect(
      await screen.findByRole('region', { name: 'Requests that are quick' }),
    ).toHaveTextContent('95 % of requests within 500 ms over 28 days');
    await waitFor(() =>
      expect(api.getBudget).toHaveBeenLastCalledWith(
        { id: `${entityRef}#latency` },
        expect.anything(),
      ),
    );
  });

  it('draws what was served, with gaps where nothing is known', async () => {
    renderWithSlos(<SloContent />, { api: createSloApi(), path: '/?range=1h' });
    expect(
      await screen.findByText(
        '1,204 requests in the last hour, 12 failed (0.997 %).',
      ),
    ).toBeVisible();
    const section = screen.getByRole('region', { name: 'Production traffic' });
    expect(within(section).getByText(/^As of/)).toBeVisible();
    const errors = await figure(/Error rate/);
    await userEvent.click(within(errors).getByText('Show as table'));
    const rows = within(await within(errors).findByRole('table'))
      .getAllByRole('row')
      .map(row => row.lastElementChild?.textContent);
    expect(rows).toEqual(['Failed', '0 %', 'unknown', '2.02 %', '0 %']);
    expect(
      within(await figure(/Latency/)).getByText(/No duration was measured/),
    ).toBeVisible();
  });

  it('marks on the charts what went live and what fired', async () => {
    renderWithSlos(<SloContent />, { api: createSloApi() });
    const requests = await figure(/Requests/);
    await userEvent.click(within(requests).getByText('Show as table'));
    const table = within(await within(requests).findByRole('region'));
    // Deployments and alerts come with answers of their own.
    await waitFor(() => expect(table.getAllByRole('listitem')).toHaveLength(2));
    const notes = table.getAllByRole('listitem');
    expect(notes.map(note => note.textContent)).toEqual([
      expect.stringContaining('3f2c1a9 went live: Fix token refund'),
      expect.stringContaining(createAlert().summary),
    ]);
  });

  it('asks for the chosen time, and calls no number of another time its own', async () => {
    let answer: () => void = () => {};
    const getTraffic = jest.fn<
      ReturnType<SloApi['getTraffic']>,
      Parameters<SloApi['getTraffic']>
    >(async request => createTraffic(request));
    renderWithSlos(<SloContent />, { api: createSloApi({ getTraffic }) });
    expect(
      await screen.findByText(/^1,204 requests in the last 24 hours/),
    ).toBeVisible();

    const pending = new Promise<void>(resolve => {
      answer = resolve;
    });
    getTraffic.mockImplementation(async request => {
      await pending;
      return { ...createTraffic(request), points: [] };
    });
    const week = screen.getByRole('button', { name: '7 d, the last 7 days' });
    await userEvent.click(week);
    expect(week).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByText('Loading the last 7 days…')).toBeVisible();
    expect(screen.queryByText(/1,204 requests/)).not.toBeInTheDocument();
    act(() => answer());
    expect(
      await screen.findByText('No request was counted in the last 7 days.'),
    ).toBeVisible();
    const hours = getTraffic.mock.calls.map(
      ([{ from = '', to = '' }]) =>
        (Date.parse(to) - Date.parse(from)) / 3_600_000,
    );
    expect(hours).toEqual([24, 168]);
  });

  it('says what to do when there are no SLOs, and still shows the traffic', async () => {
    const api = createSloApi({
      listSlos: async () => createSlos({ items: [] }),
      listAlerts: async () => ({ items: [] }),
      refresh: async () => {
        throw new Error('The repository did not answer');
      },
    });
    renderWithSlos(<SloContent />, { api });
    expect(
      await screen.findByText('SLOs appear when slo.yaml is in the repository'),
    ).toBeVisible();
    expect(await figure(/Requests/)).toBeVisible();
    await userEvent.click(
      screen.getByRole('button', { name: 'Read the repository again' }),
    );
    expect(
      await screen.findByText('The repository did not answer'),
    ).toBeVisible();
    expect(api.refresh).toHaveBeenCalledWith({ entityRef });
  });

  it('names what is wrong in the file, where, and what holds until then', async () => {
    const api = createSloApi({
      listSlos: async () =>
        createSlos({
          fileProblems: [
            { path: 'slo.yaml', line: 12, message: 'target must be below 1' },
          ],
        }),
    });
    renderWithSlos(<SloContent />, { api });
    expect(await screen.findByText('slo.yaml has a mistake')).toBeVisible();
    expect(screen.getByText('slo.yaml:12')).toBeVisible();
    expect(screen.getByText(/target must be below 1/)).toBeVisible();
    expect(screen.getByText(/last good version stays in force/)).toBeVisible();
  });

  it('says that nothing was measured rather than that all is well', async () => {
    const unmeasured = createSlo({
      good: 0,
      total: 0,
      ratio: undefined,
      budgetRemainingRatio: undefined,
      exhaustsAt: undefined,
      status: 'unknown',
      statusReason: 'No request was seen in the window.',
    });
    const api = createSloApi({
      listSlos: async () => createSlos({ items: [unmeasured] }),
      getBudget: async ({ id }) => ({
        id,
        from: '2026-11-01T00:00:00Z',
        to: '2026-11-21T00:00:00Z',
        stepMinutes: 180,
        points: [{ at: '2026-11-20T00:00:00Z', good: 0, total: 0 }],
      }),
      getTraffic: async request => ({ ...createTraffic(request), points: [] }),
    });
    renderWithSlos(<SloContent />, { api });
    expect(
      await screen.findByText(/Of 1 SLO nothing was measured yet/),
    ).toBeVisible();
    expect(
      await screen.findByText(/The budget is unknown, not full/),
    ).toBeVisible();
    expect(
      await screen.findByText('No request was counted in the last 24 hours.'),
    ).toBeVisible();
  });

  it('says why it cannot be loaded, and loads on request', async () => {
    const listSlos = jest
      .fn<ReturnType<SloApi['listSlos']>, []>()
      .mockRejectedValueOnce(new Error('The database is away'))
      .mockResolvedValue(createSlos());
    renderWithSlos(<SloContent />, { api: createSloApi({ listSlos }) });
    expect(await screen.findByText(/The database is away/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('list', { name: 'SLOs' }),
    ).toBeInTheDocument();
  });

  it('keeps what it knows when parts of it cannot be loaded', async () => {
    const failing = async () => {
      throw new Error('Not now');
    };
    const api = createSloApi({
      listAlerts: failing,
      getBudget: failing,
      getTraffic: failing,
      listSlos: async () =>
        createSlos({ staleReason: 'GitHub did not answer.' }),
    });
    renderWithSlos(<SloContent />, { api, listDeployments: failing });
    expect(await screen.findByText(/GitHub did not answer/)).toBeVisible();
    expect(
      await screen.findByText(/Whether an alert fires is not known: Not now/),
    ).toBeVisible();
    expect(
      await screen.findByText('The traffic could not be loaded'),
    ).toBeVisible();
    expect(
      await screen.findByText(
        'The course of the error budget could not be loaded',
      ),
    ).toBeVisible();
    expect(
      await screen.findByText(/Deployments are not marked: Not now/),
    ).toBeVisible();
    expect(screen.getByRole('list', { name: 'SLOs' })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Ask again' }));
    expect(api.refresh).toHaveBeenCalledWith({ entityRef });
  });

  it('refuses who may not see it', async () => {
    const api = createSloApi();
    renderWithSlos(<SloContent />, {
      api,
      denied: true,
      entityName: 'secret-studio',
    });
    expect(await screen.findByText('You may not see these SLOs')).toBeVisible();
  });
});
