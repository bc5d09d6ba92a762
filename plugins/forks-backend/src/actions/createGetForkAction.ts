import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { ForkService } from '../services/ForkService';
import { forkOutputSchema, toForkOutput } from './forkOutput';

/**
 * Registers the action that tells of one fork.
 */
export function createGetForkAction(options: {
  actionsRegistry: ActionsRegistryService;
  forks: ForkService;
}): void {
  options.actionsRegistry.register({
    name: 'get-fork',
    title: 'Get a fork',
    description:
      'Tells of one fork by its name: its status and why, what is live, its repository, its URL and its owner.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z => z.object({ name: z.string().describe('Name of the fork') }),
      output: forkOutputSchema,
    },
    action: async ({ input, credentials }) => ({
      output: toForkOutput(
        await options.forks.getFork({ name: input.name }, { credentials }),
      ),
    }),
  });
}
