import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { parse } from '@forkyard/backend-kit';
import { alertsQuerySchema } from '../router/schemas';
import type { AlertService } from '../services/AlertService';
import { alertOutputSchema, toAlertOutput } from './alertOutput';

/** Registers the action that lists alerts, newest first. */
export function createListAlertsAction(options: {
  actionsRegistry: ActionsRegistryService;
  alerts: AlertService;
}): void {
  options.actionsRegistry.register({
    name: 'list-alerts',
    title: 'List alerts',
    description:
      'Lists the alerts that you may see and that are not resolved, newest first. Pass nextCursor as cursor to get the next page.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: z =>
        z.object({
          entityRef: z.string().optional().describe('Only of this entity'),
          owner: z.string().optional().describe('Entity ref of the owner'),
          severity: z.enum(['page', 'ticket']).optional(),
          resolved: z.boolean().optional().describe('Resolved ones instead'),
          cursor: z.string().optional(),
          limit: z.number().int().min(1).max(100).optional(),
        }),
      output: z =>
        z.object({
          alerts: z.array(alertOutputSchema(z)),
          nextCursor: z.string().optional(),
        }),
    },
    action: async ({ input, credentials }) => {
      const { resolved, ...given } = input;
      const { owner, state, ...rest } = parse(alertsQuerySchema, {
        ...given,
        state: resolved ? ['resolved'] : ['firing', 'acknowledged'],
      });
      const page = await options.alerts.listAlerts(
        { ...rest, owners: owner, states: state },
        { credentials },
      );
      return {
        output: {
          alerts: page.items.map(toAlertOutput),
          nextCursor: page.nextCursor,
        },
      };
    },
  });
}
