import { mockCredentials } from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import type { AlertService } from '../services/AlertService';
import { registerIncidentsActions } from '.';

const ID = '0b0e5d1e-7a54-4c57-9d2e-0d6f3f0f2a11';

const alert = {
  id: ID,
  source: 'slo' as const,
  fingerprint: 'f',
  title: 'availability',
  summary: 'Burns',
  severity: 'page' as const,
  state: 'firing' as const,
  firingAtSource: true,
  startsAt: '2026-11-21T10:00:00.000Z',
  labels: {},
  updatedAt: '2026-11-21T10:00:00.000Z',
};

describe('actions', () => {
  const actionsRegistry = actionsRegistryServiceMock();
  const alerts = {
    listAlerts: jest.fn(async () => ({ items: [alert], nextCursor: 'n' })),
    acknowledgeAlert: jest.fn(async () => ({ ...alert, timeline: [] })),
  };
  registerIncidentsActions({
    actionsRegistry,
    alerts: alerts as unknown as AlertService,
  });
  const credentials = mockCredentials.user();

  it('lists what fires on behalf of the caller', async () => {
    const { output } = await actionsRegistry.invoke({
      id: 'test:list-alerts',
      input: { owner: 'group:default/a', severity: 'page' },
      credentials,
    });
    expect(output).toMatchObject({ alerts: [{ id: ID }], nextCursor: 'n' });
    expect(alerts.listAlerts).toHaveBeenCalledWith(
      {
        owners: ['group:default/a'],
        severity: 'page',
        states: ['firing', 'acknowledged'],
        unassigned: false,
      },
      { credentials },
    );
  });

  it('takes references as the route does, and refuses what is none', async () => {
    const list = (entityRef: string) =>
      actionsRegistry.invoke({
        id: 'test:list-alerts',
        input: { entityRef },
        credentials,
      });
    await list('Component:default/Shop');
    expect(alerts.listAlerts).toHaveBeenLastCalledWith(
      expect.objectContaining({ entityRef: 'component:default/shop' }),
      { credentials },
    );
    await expect(list('::')).rejects.toThrow("'::' is no entity reference");
  });

  it('acknowledges in the name of the caller', async () => {
    await actionsRegistry.invoke({
      id: 'test:acknowledge-alert',
      input: { id: ID },
      credentials,
    });
    expect(alerts.acknowledgeAlert).toHaveBeenCalledWith(
      { id: ID },
      { credentials },
    );
  });
});
