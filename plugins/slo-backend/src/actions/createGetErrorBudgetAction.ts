import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { parse } from '@forkyard/backend-kit';
import { entitySchema } from '../router/schemas';
import type { SloService } from '../services/SloService';

/** Registers the action that tells how the SLOs of an entity stand. */
export function createGetErrorBudgetAction(options: {
  actionsRegistry: ActionsRegistryService;
  service: SloService;
}): void {
  options.actionsRegistry.register({
    name: 'get-error-budget',
    title: 'Get the error budget',
    description: [
      'Tells how each SLO of a catalog entity stands: what was attained of what objective, how much of the error budget is left, and whether it burns too fast.',
      'A budgetRemainingRatio of 1 is the full budget, 0 a spent one, below 0 an overspent one; it is absent when nothing was measured.',
    ].join('\n'),
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z =>
        z.object({
          entityRef: z.string().describe('For example component:default/shop'),
        }),
      output: z =>
        z.object({
          slos: z.array(
            z.object({
              name: z.string(),
              title: z.string(),
              objective: z.number().describe('Share that must be good'),
              windowDays: z.number(),
              ratio: z.number().optional().describe('Share that was good'),
              budgetRemainingRatio: z.number().optional(),
              exhaustsAt: z.string().optional(),
              status: z.string(),
              statusReason: z.string(),
            }),
          ),
          asOf: z.string().optional(),
          staleReason: z.string().optional(),
        }),
    },
    action: async ({ input, credentials }) => {
      const { items, asOf, staleReason } = await options.service.listSlos(
        parse(entitySchema, input),
        { credentials },
      );
      return {
        output: {
          slos: items.map(slo => ({
            name: slo.name,
            title: slo.title,
            objective: slo.objective,
            windowDays: slo.windowDays,
            ratio: slo.ratio,
            budgetRemainingRatio: slo.budgetRemainingRatio,
            exhaustsAt: slo.exhaustsAt,
            status: slo.status,
            statusReason: slo.statusReason,
          })),
          asOf,
          staleReason,
        },
      };
    },
  });
}
