import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { entityRefSchema, parse } from '@forkyard/backend-kit';
import { z as zod } from 'zod';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import { rolloutOutputSchema, toRolloutOutput } from './rolloutOutput';

const refSchema = zod.object({ entityRef: entityRefSchema });

/** Registers the action that lists the rollouts of an entity. */
export function createListRolloutsAction(options: {
  actionsRegistry: ActionsRegistryService;
  rollouts: RolloutsService;
}): void {
  options.actionsRegistry.register({
    name: 'list-rollouts',
    title: 'List rollouts',
    description:
      'Lists the rollouts of a component, newest first: what is on its way to traffic, how far, and what was promoted or taken back. Pass nextCursor as cursor to get the next page.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z =>
        z.object({
          entityRef: z.string().describe('For example component:default/shop'),
          environment: z.string().optional().describe('Default all'),
          active: z
            .boolean()
            .optional()
            .describe('Only those that have not ended'),
          cursor: z.string().optional(),
          limit: z.number().int().min(1).max(100).optional(),
        }),
      output: z =>
        z.object({
          rollouts: z.array(rolloutOutputSchema(z)),
          nextCursor: z.string().optional(),
        }),
    },
    action: async ({ input, credentials }) => {
      const page = await options.rollouts.listRollouts(
        { ...input, ...parse(refSchema, input) },
        { credentials },
      );
      return {
        output: {
          rollouts: page.items.map(toRolloutOutput),
          nextCursor: page.nextCursor,
        },
      };
    },
  });
}
