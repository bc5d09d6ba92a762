import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { parse } from '@forkyard/backend-kit';
import { rolloutIdSchema } from '../router/rolloutSchemas';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import { rolloutOutputSchema, toRolloutOutput } from './rolloutOutput';

/** Registers the action that tells of one rollout and what happened to it. */
export function createGetRolloutAction(options: {
  actionsRegistry: ActionsRegistryService;
  rollouts: RolloutsService;
}): void {
  options.actionsRegistry.register({
    name: 'get-rollout',
    title: 'Get a rollout',
    description:
      'Tells of one rollout by its id: its state and why, the verdict with its numbers, what it waits for, and every change of it with who made it and why.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z => z.object({ id: z.string().describe('Id of the rollout') }),
      output: z =>
        rolloutOutputSchema(z).extend({
          transitions: z.array(
            z.object({
              at: z.string(),
              from: z.string().optional(),
              to: z.string(),
              percent: z.number(),
              actor: z.string(),
              reason: z.string(),
              comment: z.string().optional(),
            }),
          ),
        }),
    },
    action: async ({ input, credentials }) => {
      const rollout = await options.rollouts.getRollout(
        parse(rolloutIdSchema, input),
        { credentials },
      );
      return {
        output: {
          ...toRolloutOutput(rollout),
          transitions: rollout.transitions.map(
            ({ at, from, to, percent, actor, reason, comment }) => ({
              at,
              from,
              to,
              percent,
              actor,
              reason,
              comment,
            }),
          ),
        },
      };
    },
  });
}
