import { z } from 'zod';
import type { AlertRule, AlertRulesSource } from './AlertRulesSource';
import type { Prometheus } from './Prometheus';

const textsSchema = z.record(z.string().max(200), z.string().max(5000));

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          name: z.string().min(1).max(500),
          health: z.string().optional(),
          alerts: z
            .array(
              z.object({
                state: z.string(),
                labels: textsSchema,
                annotations: textsSchema.default({}),
                activeAt: z.iso.datetime({ offset: true }).optional(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
});

/**
 * Reads `/api/v1/rules`, which has the alerts of `/api/v1/alerts` and, beside
 * them, the rules that are quiet: the proof that an alert has ended and was not
 * merely lost with its rule.
 */
export class PrometheusAlertRulesSource implements AlertRulesSource {
  constructor(private readonly prometheus: Pick<Prometheus, 'get'>) {}

  async listRules(): Promise<AlertRule[]> {
    const { groups } = await this.prometheus.get({
      what: 'list alert rules',
      path: '/api/v1/rules',
      query: { type: 'alert' },
      schema: rulesSchema,
    });
    return groups.flatMap(({ rules }) =>
      rules.map(({ name, health, alerts = [] }) => ({
        name,
        isHealthy: health === 'ok',
        alerts: alerts
          .filter(({ state }) => state === 'firing')
          .map(({ labels, annotations, activeAt }) => ({
            labels,
            annotations,
            startsAt: activeAt ? new Date(activeAt) : new Date(),
          })),
      })),
    );
  }
}
