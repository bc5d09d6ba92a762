import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { ForkService } from '../services/ForkService';
import { forkOutputSchema, toForkOutput } from './forkOutput';

/**
 * Registers the action that lists forks, those in trouble first.
 */
export function createListForksAction(options: {
  actionsRegistry: ActionsRegistryService;
  forks: ForkService;
}): void {
  options.actionsRegistry.register({
    name: 'list-forks',
    title: 'List forks',
    description:
      'Lists the forks that you may see, failing ones first. Pass nextCursor as cursor to get the next page.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z =>
        z.object({
          search: z.string().optional().describe('Beginnings of words'),
          owner: z.string().optional().describe('Entity ref of the owner'),
          status: z
            .enum([
              'failing',
              'degraded',
              'waiting',
              'in-progress',
              'unknown',
              'healthy',
            ])
            .optional(),
          cursor: z.string().optional(),
          limit: z.number().int().min(1).max(100).optional(),
        }),
      output: z =>
        z.object({
          forks: z.array(forkOutputSchema(z)),
          nextCursor: z.string().optional(),
        }),
    },
    action: async ({ input, credentials }) => {
      const { owner, status, ...rest } = input;
      const page = await options.forks.listForks(
        {
          ...rest,
          owners: owner ? [owner] : undefined,
          statuses: status ? [status] : undefined,
        },
        { credentials },
      );
      return {
        output: {
          forks: page.items.map(toForkOutput),
          nextCursor: page.nextCursor,
        },
      };
    },
  });
}
