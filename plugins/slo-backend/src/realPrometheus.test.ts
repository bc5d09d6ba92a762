import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import { createTestStores } from './__testUtils__/createTestStores';
import { findPrometheus, TestPrometheus } from './__testUtils__/TestPrometheus';
import { RuleAlertsService } from './services/RuleAlertsService';
import { Prometheus } from './sources/Prometheus';
import { PrometheusAlertRulesSource } from './sources/PrometheusAlertRulesSource';
import { PrometheusIndicatorSource } from './sources/PrometheusIndicatorSource';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const program = findPrometheus();

const RULES = [
  {
    alert: 'HighErrorRate',
    // Cannot be evaluated while there are two limits.
    expr: 'shop_error_ratio > on () shop_error_limit',
    labels: { severity: 'critical', entity_ref: 'shop' },
    annotations: {
      summary: '{{ $value | humanizePercentage }} of requests fail',
      runbook: 'runbooks/high-error-rate.md',
    },
  },
  { alert: 'Quiet', expr: 'shop_error_ratio > 1' },
  { alert: 'Patient', expr: 'shop_error_ratio > 0', for: '1h' },
];

(program ? describe : describe.skip)(
  `Alert rules of a real Prometheus${program ? '' : ' (skipped: prometheus is not on the PATH)'}`,
  () => {
    let server: TestPrometheus;
    let metrics: Record<string, number>;
    let startedAt: number;
    const read = () => new Prometheus({ url: server.url });

    beforeAll(async () => {
      metrics = { shop_error_ratio: 0.25, 'shop_error_limit{of="a"}': 0.01 };
      startedAt = Date.now();
      server = await TestPrometheus.start(program!, {
        rules: RULES,
        readMetrics: () => metrics,
      });
    });

    afterAll(() => server?.stop());

    it('raise an alert, keep it while they cannot be evaluated, and end it', async () => {
      const { alerts } = await createTestStores(
        await databases.init('POSTGRES_18'),
      );
      const rules = new PrometheusAlertRulesSource(read());
      const announced: SloAlert[] = [];
      const service = new RuleAlertsService({
        rules,
        alerts,
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
          announce: async (_, changed) => {
            announced.push(...changed);
          },
        },
        logger: mockServices.logger.mock(),
        entityLabel: 'entity_ref',
      });
      const waitFor = async (isSo: (health: boolean) => boolean) => {
        for (;;) {
          await service.reconcileAlerts();
          const [rule] = await rules.listRules();
          if (isSo(rule.isHealthy)) return;
        }
      };

      await waitFor(() => announced.length === 1);
      expect(announced[0]).toMatchObject({
        entityRef: 'component:default/shop',
        slo: 'HighErrorRate',
        severity: 'page',
        state: 'firing',
        summary: '25% of requests fail',
        runbook: 'runbooks/high-error-rate.md',
        source: 'prometheus',
      });
      const startsAt = Date.parse(announced[0].startsAt);
      expect(startsAt).toBeGreaterThanOrEqual(startedAt);
      expect(startsAt).toBeLessThanOrEqual(Date.now());
      const names = (await rules.listRules()).map(({ name }) => name);
      expect(names).toEqual(RULES.map(({ alert }) => alert));

      metrics = {
        shop_error_ratio: 0,
        'shop_error_limit{of="a"}': 0.01,
        'shop_error_limit{of="b"}': 0.02,
      };
      await waitFor(isHealthy => !isHealthy);
      await service.reconcileAlerts();
      expect(await alerts.listFiring('prometheus')).toHaveLength(1);

      metrics = { shop_error_ratio: 0, 'shop_error_limit{of="a"}': 0.01 };
      await waitFor(() => announced.length === 2);
      expect(announced[1]).toMatchObject({
        id: announced[0].id,
        state: 'resolved',
      });
      expect(await alerts.listFiring('prometheus')).toEqual([]);
    });

    it('are asked for beside queries, of which a wrong one is refused in its own words', async () => {
      const source = new PrometheusIndicatorSource(read());
      const now = new Date();
      const count = source.count(
        { entityRef: 'component:default/shop', projectIds: [] },
        {
          type: 'prometheus',
          counted: 'good',
          countedQuery: 'sum(good_total',
          totalQuery: 'sum(all_total',
        },
        [{ from: new Date(now.getTime() - 60_000), to: now }],
      );
      await expect(count).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringMatching(/parse error/),
      });
    });
  },
);
