import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { parse } from '@forkyard/backend-kit';
import { alertsSchema } from '../router/schemas';
import type { SloService } from '../services/SloService';

/** Registers the action that lists the alerts of an entity. */
export function createListSloAlertsAction(options: {
  actionsRegistry: ActionsRegistryService;
  service: SloService;
}): void {
  options.actionsRegistry.register({
    name: 'list-slo-alerts',
    title: 'List SLO alerts',
    description:
      'Lists the alerts of a catalog entity whose error budget burns too fast, newest first, with what was measured and the runbook. Pass nextCursor as cursor to get the next page.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z =>
        z.object({
          entityRef: z.string().describe('For example component:default/shop'),
          state: z.enum(['firing', 'resolved']).optional(),
          cursor: z.string().optional(),
          limit: z.number().int().min(1).max(100).optional(),
        }),
      output: z =>
        z.object({
          alerts: z.array(
            z.object({
              id: z.string(),
              slo: z.string(),
              severity: z.enum(['page', 'ticket']),
              state: z.enum(['firing', 'resolved']),
              startsAt: z.string(),
              endsAt: z.string().optional(),
              summary: z.string(),
              runbook: z.string().optional().describe('Path in the repository'),
              source: z.enum(['slo', 'prometheus']),
            }),
          ),
          nextCursor: z.string().optional(),
        }),
    },
    action: async ({ input, credentials }) => {
      const { items, nextCursor } = await options.service.listAlerts(
        parse(alertsSchema, input),
        { credentials },
      );
      return {
        output: {
          alerts: items.map(alert => ({
            id: alert.id,
            slo: alert.slo,
            severity: alert.severity,
            state: alert.state,
            startsAt: alert.startsAt,
            endsAt: alert.endsAt,
            summary: alert.summary,
            runbook: alert.runbook,
            source: alert.source,
          })),
          nextCursor,
        },
      };
    },
  });
}
