import { ConfigReader } from '@backstage/config';
import { OwnRequests } from '@forkyard/backend-kit';
import { readIncidentsConfig } from './config';

const read = (incidents: object) =>
  readIncidentsConfig(new ConfigReader({ incidents } as object));

describe('readIncidentsConfig', () => {
  it('has defaults for everything, and takes no alerts of Alertmanager', () => {
    expect(readIncidentsConfig(new ConfigReader({}))).toEqual({
      reconcileSeconds: 15,
      runbookRefreshSeconds: 60,
      notificationsPerHour: 20,
      alertmanagerToken: undefined,
      ownRequests: expect.any(OwnRequests),
    });
  });

  it('takes what is set', () => {
    expect(
      read({
        reconcileSeconds: 5,
        runbooks: { refreshSeconds: 3600 },
        notifications: { perEntityAndHour: 2 },
        alertmanager: { token: 'x'.repeat(16) },
      }),
    ).toEqual({
      reconcileSeconds: 5,
      runbookRefreshSeconds: 3600,
      notificationsPerHour: 2,
      alertmanagerToken: 'x'.repeat(16),
      ownRequests: expect.any(OwnRequests),
    });
  });

  it.each([
    [{ reconcileSeconds: 4 }, "'incidents.reconcileSeconds' is 4"],
    [
      { runbooks: { refreshSeconds: 3601 } },
      "'incidents.runbooks.refreshSeconds' is 3601",
    ],
    [{ alertmanager: { token: 'short' } }, "'incidents.alertmanager.token'"],
    [
      { notifications: { perEntityAndHour: 2.5 } },
      "'incidents.notifications.perEntityAndHour' is 2.5",
    ],
    [
      { alertmanager: { token: `${'x'.repeat(20)} y` } },
      "'incidents.alertmanager.token'",
    ],
  ])('refuses %j and names the key', (incidents, words) => {
    expect(() => read(incidents)).toThrow(words);
  });
});
