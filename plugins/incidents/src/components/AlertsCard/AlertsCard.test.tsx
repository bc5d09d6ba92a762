import { screen, within } from '@testing-library/react';
import type { Alert } from '@forkyard/plugin-incidents-common';
import {
  createAlert,
  createIncidentsApi,
  createResolvedAlert,
  listOf,
  minutesAgo,
} from '../../__testUtils__/incidents';
import { renderWithIncidents } from '../../__testUtils__/renderWithIncidents';
import { AlertsCard } from './AlertsCard';

function renderCard(alerts: Alert[]) {
  const api = createIncidentsApi({ listAlerts: listOf(alerts) });
  return renderWithIncidents(<AlertsCard />, { api });
}

describe('AlertsCard', () => {
  it('shows what fires, pages first, each leading to its runbook', async () => {
    renderCard([
      createAlert({
        id: 'b',
        title: 'Slow',
        severity: 'ticket',
        runbook: undefined,
        startsAt: minutesAgo(1),
      }),
      createAlert({ id: 'a', title: 'Down', state: 'acknowledged' }),
    ]);
    const items = await screen.findAllByRole('listitem');
    expect(items[0]).toHaveTextContent(
      /AcknowledgedDownPage, since 20 min ago/,
    );
    expect(items[1]).toHaveTextContent(/FiringSlowTicket, since 1 min ago/);
    expect(
      within(items[0]).getByRole('link', { name: 'Down' }),
    ).toHaveAttribute(
      'href',
      '/runbooks?runbook=runbooks%2Fhigh-error-rate.md&alert=a',
    );
    expect(
      within(items[1]).getByRole('link', { name: 'Slow' }),
    ).toHaveAttribute('href', '/runbooks?alert=b');
  });

  it('shows three and how many there are besides', async () => {
    renderCard(['a', 'b', 'c', 'd', 'e'].map(id => createAlert({ id })));
    expect(await screen.findByText('And 2 more')).toBeVisible();
    expect(screen.getAllByText('Firing')).toHaveLength(3);
  });

  it('says that nothing fires, and since when', async () => {
    const { unmount } = renderCard([createResolvedAlert()]);
    expect(await screen.findByText('Nothing fires')).toBeVisible();
    expect(screen.getByText(/last alert was resolved/)).toHaveTextContent(
      'The last alert was resolved 10 min ago.',
    );
    unmount();
    renderCard([]);
    expect(await screen.findByText('No alert so far.')).toBeVisible();
  });

  it('says that it loads, and why it cannot', async () => {
    let fail: (error: Error) => void = () => {};
    const pending = new Promise<never>((_, reject) => (fail = reject));
    const api = createIncidentsApi({ listAlerts: () => pending });
    renderWithIncidents(<AlertsCard />, { api });
    expect(await screen.findByText('Loading alerts')).toBeInTheDocument();
    fail(new Error('The database is away'));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The alerts could not be loadedThe database is away.',
    );
  });

  it('refuses who may not see alerts', async () => {
    const api = createIncidentsApi();
    renderWithIncidents(<AlertsCard />, {
      api,
      denied: ['incidents.alert.read'],
      entityName: 'secret-card',
    });
    expect(
      await screen.findByText('You may not see these alerts'),
    ).toBeVisible();
  });
});
