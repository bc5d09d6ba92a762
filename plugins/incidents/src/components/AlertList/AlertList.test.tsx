import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { IncidentsApi } from '@forkyard/plugin-incidents-common';
import {
  answered,
  createAlert,
  createIncidentsApi,
  createResolvedAlert,
  entityRef,
  listOf,
  minutesAgo,
} from '../../__testUtils__/incidents';
import { renderWithIncidents } from '../../__testUtils__/renderWithIncidents';
import { AlertList } from './AlertList';

const ticket = createAlert({
  id: 'ticket',
  title: 'Slow',
  severity: 'ticket',
  source: 'alertmanager',
  summary: '',
  runbook: undefined,
  startsAt: minutesAgo(1),
  url: 'https://prometheus.example.com/graph',
});

function renderList(
  overrides: Partial<IncidentsApi>,
  options: {
    selected?: string;
    denied?: string[];
    entityName?: string;
    onOpenRunbook?: () => void;
  } = {},
) {
  const api = createIncidentsApi(overrides);
  const name = options.entityName ?? 'image-studio';
  const rendered = renderWithIncidents(
    <AlertList
      entityRef={`component:default/${name}`}
      selectedAlert={options.selected}
      onOpenRunbook={options.onOpenRunbook ?? (() => {})}
    />,
    { api, denied: options.denied },
  );
  return { ...rendered, api };
}

async function openAlerts() {
  const list = await screen.findByRole('list', { name: 'Open alerts' });
  return within(list).getAllByRole('listitem');
}

describe('AlertList', () => {
  it('lists what fires, pages first, with what is known of it', async () => {
    renderList(
      {
        listAlerts: listOf([
          ticket,
          createAlert({
            state: 'acknowledged',
            acknowledgedBy: 'user:default/ana',
            acknowledgedAt: minutesAgo(5),
          }),
        ]),
      },
      { selected: 'ticket' },
    );
    const [first, second] = await openAlerts();
    expect(
      screen.getByRole('heading', { name: '2 alerts need a look' }),
    ).toBeVisible();
    expect(first).toHaveTextContent(
      /AcknowledgedRequests that do not fail2 % of requests fail, 20 times too many\.Page from an SLO, since 20 min ago, acknowledged by ana 5 min ago/,
    );
    expect(second).toHaveTextContent(/FiringSlowTicket from Alertmanager/);
    expect(first).not.toHaveAttribute('aria-current');
    expect(second).toHaveAttribute('aria-current', 'true');
    expect(
      within(second).getByRole('link', { name: /See it at its source/ }),
    ).toHaveAttribute('href', 'https://prometheus.example.com/graph');
    expect(
      within(second).queryByRole('button', { name: 'Open runbook' }),
    ).not.toBeInTheDocument();
  });

  it('links to no source whose address is not of the web', async () => {
    renderList({
      listAlerts: listOf([createAlert({ url: 'data:text/html,it' })]),
    });
    const [item] = await openAlerts();
    expect(within(item).queryByRole('link')).not.toBeInTheDocument();
  });

  it('opens the runbook of an alert', async () => {
    const onOpenRunbook = jest.fn();
    renderList({}, { onOpenRunbook });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Open runbook' }),
    );
    expect(onOpenRunbook).toHaveBeenCalledWith(
      expect.objectContaining({ id: createAlert().id }),
    );
  });

  it('acknowledges once, and shows what came of it', async () => {
    let alert = createAlert();
    const { api } = renderList({
      listAlerts: async request => listOf([alert])(request),
      acknowledgeAlert: jest.fn(async () => {
        alert = createAlert({ state: 'acknowledged' });
        return { ...alert, timeline: [] };
      }),
    });
    await userEvent.dblClick(
      await screen.findByRole('button', { name: 'Acknowledge' }),
    );
    expect(await screen.findByText('Acknowledged')).toBeVisible();
    expect(api.acknowledgeAlert).toHaveBeenCalledTimes(1);
    expect(api.acknowledgeAlert).toHaveBeenCalledWith({ id: alert.id });
    expect(
      screen.queryByRole('button', { name: 'Acknowledge' }),
    ).not.toBeInTheDocument();
  });

  it('says why it was not acknowledged', async () => {
    renderList({
      acknowledgeAlert: async () => {
        throw new Error('It is resolved already');
      },
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Acknowledge' }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The alert was not acknowledgedIt is resolved already.',
    );
  });

  it('resolves only with a reason', async () => {
    let alert = createAlert();
    const { api } = renderList({
      listAlerts: async request => listOf([alert])(request),
      resolveAlert: jest.fn(async () => {
        alert = createResolvedAlert({ resolvedBy: 'user:default/ana' });
        return { ...alert, timeline: [] };
      }),
    });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Resolve' }),
    );
    const dialog = within(await screen.findByRole('dialog'));
    const confirm = dialog.getByRole('button', { name: 'Resolve the alert' });
    await userEvent.type(dialog.getByRole('textbox'), '  ');
    await userEvent.click(confirm);
    expect(await dialog.findByText('Say why it is over.')).toBeVisible();
    expect(api.resolveAlert).not.toHaveBeenCalled();
    await userEvent.type(dialog.getByRole('textbox'), 'A test of ours');
    await userEvent.click(confirm);
    await waitFor(() =>
      expect(api.resolveAlert).toHaveBeenCalledWith({
        id: createAlert().id,
        comment: '  A test of ours',
      }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Show what is over' }),
    );
    expect(
      screen.getByRole('list', { name: 'Resolved alerts' }),
    ).toHaveTextContent('resolved by ana 10 min ago');
  });

  it('shows what is over on request, and at once when it is what a link names', async () => {
    const resolved = createResolvedAlert({ firingAtSource: true });
    const listAlerts = listOf([resolved]);
    const { unmount } = renderList({ listAlerts });
    expect(await screen.findByText('Nothing fires')).toBeVisible();
    expect(screen.queryByRole('list')).not.toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: 'Show what is over' }),
    );
    expect(
      screen.getByRole('list', { name: 'Resolved alerts' }),
    ).toHaveTextContent(
      /resolved at its source 10 min ago, still firing at its source/,
    );
    unmount();
    renderList({ listAlerts }, { selected: resolved.id });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Hide what is over' }),
    );
    expect(screen.queryByRole('list')).not.toBeInTheDocument();
  });

  it('says what would be here, and when there is more than it shows', async () => {
    const { unmount } = renderList({ listAlerts: listOf([]) });
    expect(await screen.findByText('No alert so far')).toBeVisible();
    unmount();
    renderList({
      listAlerts: async () => ({ items: [createAlert()], nextCursor: 'next' }),
    });
    expect(
      await screen.findByText('More than 1 alerts need a look'),
    ).toBeVisible();
  });

  it('says that it loads, why it cannot, and keeps what it has, saying so', async () => {
    const fails = new Error('The database is away');
    let fail: () => void = () => {};
    const pending = new Promise<never>((_, reject) => {
      fail = () => reject(fails);
    });
    let answer = (): Promise<never> | undefined => pending;
    renderList({
      listAlerts: async request => answer() ?? listOf([createAlert()])(request),
    });
    expect(await screen.findByText('Loading alerts')).toBeInTheDocument();
    fail();
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The alerts could not be loaded',
    );
    answer = () => undefined;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    const acknowledge = await screen.findByRole('button', {
      name: 'Acknowledge',
    });
    answer = () => Promise.reject(fails);
    await userEvent.click(acknowledge);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'What you see may be out of date: The database is away.',
    );
    expect(await openAlerts()).toHaveLength(1);
  });

  it('offers nothing that the reader may not do, and says no access', async () => {
    const { unmount } = renderList(
      {},
      {
        denied: ['incidents.alert.update'],
        entityName: 'read-only',
      },
    );
    await openAlerts();
    expect(
      screen.queryByRole('button', { name: 'Resolve' }),
    ).not.toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Acknowledge' }),
    ).not.toBeInTheDocument();
    unmount();
    renderList({
      listAlerts: async () => {
        throw answered(403, `You may not see '${entityRef}'`);
      },
    });
    expect(await screen.findByText('You have no access to this')).toBeVisible();
  });
});
