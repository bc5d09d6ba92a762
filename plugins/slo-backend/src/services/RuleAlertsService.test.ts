import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ServiceUnavailableError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { AlertRule } from '../sources/AlertRulesSource';
import { RuleAlertsService } from './RuleAlertsService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const NOON = new Date('2026-11-21T12:00:00Z');
const LATER = new Date('2026-11-21T12:05:00Z');

const raise = (
  labels: Record<string, string>,
  annotations: Record<string, string> = {},
) => ({ labels, annotations, startsAt: NOON });

const burning = raise(
  { alertname: 'Burning', entity_ref: 'shop', severity: 'critical' },
  { summary: 'It burns', runbook: 'runbooks/high-error-rate.md' },
);

async function setUp() {
  const stores = await createTestStores(await databases.init('POSTGRES_18'));
  const source: { rules: AlertRule[]; isDown: boolean } = {
    rules: [{ name: 'Burning', isHealthy: true, alerts: [burning] }],
    isDown: false,
  };
  const announced: SloAlert[] = [];
  const service = new RuleAlertsService({
    alerts: stores.alerts,
    rules: {
      listRules: async () => {
        if (source.isDown) throw new ServiceUnavailableError('Away');
        return source.rules;
      },
    },
    catalog: catalogServiceMock({
      entities: [
        {
          apiVersion: 'backstage.io/v1alpha1',
          kind: 'Component',
          metadata: { name: 'shop' },
        },
      ],
    }),
    auth: mockServices.auth(),
    announcer: {
      announce: async (_entityRef: string, alerts: SloAlert[]) => {
        announced.push(...alerts);
      },
    },
    logger: mockServices.logger.mock(),
    entityLabel: 'entity_ref',
  });
  return { ...stores, source, announced, service };
}

describe('RuleAlertsService', () => {
  it('takes an alert over once, and ends it when its rule is quiet', async () => {
    const { service, source, announced, alerts } = await setUp();
    await service.reconcileAlerts(NOON);
    await service.reconcileAlerts(LATER);
    expect(announced).toEqual([
      {
        id: expect.any(String),
        entityRef: 'component:default/shop',
        slo: 'Burning',
        severity: 'page',
        state: 'firing',
        startsAt: NOON.toISOString(),
        summary: 'It burns',
        runbook: 'runbooks/high-error-rate.md',
        source: 'prometheus',
      },
    ]);
    source.rules = [{ name: 'Burning', isHealthy: true, alerts: [] }];
    await service.reconcileAlerts(LATER);
    expect(announced[1]).toMatchObject({
      state: 'resolved',
      endsAt: LATER.toISOString(),
    });
    expect(await alerts.listFiring('prometheus')).toEqual([]);
  });

  it('ends nothing while the source is away, has lost the rule, or cannot evaluate it', async () => {
    const { service, source, alerts } = await setUp();
    await service.reconcileAlerts(NOON);
    source.rules = [];
    await service.reconcileAlerts(LATER);
    source.rules = [{ name: 'Burning', isHealthy: false, alerts: [] }];
    await service.reconcileAlerts(LATER);
    source.isDown = true;
    await expect(service.reconcileAlerts(LATER)).rejects.toThrow('Away');
    expect(await alerts.listFiring('prometheus')).toHaveLength(1);
  });

  it('leaves alone what is of no entity, and reads no foreign paths', async () => {
    const { service, source, announced } = await setUp();
    source.rules = [
      {
        name: 'Burning',
        isHealthy: true,
        alerts: [
          raise({ alertname: 'Burning' }),
          raise({ entity_ref: ':::' }),
          raise({ entity_ref: 'component:default/unknown' }),
          raise(
            { entity_ref: 'component:default/shop', severity: 'warning' },
            { runbook: '../../etc/passwd', description: 'x'.repeat(5000) },
          ),
        ],
      },
    ];
    await service.reconcileAlerts(NOON);
    expect(announced).toHaveLength(1);
    expect(announced[0]).toMatchObject({
      severity: 'ticket',
      summary: 'x'.repeat(1000),
    });
    expect(announced[0].runbook).toBeUndefined();
  });
});
