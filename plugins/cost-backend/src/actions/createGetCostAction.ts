import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { parse } from '@forkyard/backend-kit';
import { entitySchema } from '../router/schemas';
import type { CostService } from '../services/CostService';
import { costOutputSchema, toCostOutput } from './costOutput';

/** Registers the action that tells what an entity costs this month. */
export function createGetCostAction(options: {
  actionsRegistry: ActionsRegistryService;
  service: CostService;
}): void {
  options.actionsRegistry.register({
    name: 'get-cost',
    title: 'Get the cost of an entity',
    description:
      'Tells what a catalog entity costs this month in US dollars: month to date, forecast for the end of the month, budget, cost by service, per 1,000 requests, and days that cost unusually much. What is absent is unknown, not zero.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z =>
        z.object({
          entityRef: z
            .string()
            .describe("Such as 'component:default/image-studio'"),
        }),
      output: costOutputSchema,
    },
    action: async ({ input, credentials }) => {
      const cost = await options.service.getEntityCost(
        parse(entitySchema, input),
        { credentials },
      );
      return { output: toCostOutput(cost) };
    },
  });
}
