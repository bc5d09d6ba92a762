import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { AlertService } from '../services/AlertService';
import { alertOutputSchema, toAlertOutput } from './alertOutput';

/** Registers the action that acknowledges an alert. */
export function createAcknowledgeAlertAction(options: {
  actionsRegistry: ActionsRegistryService;
  alerts: AlertService;
}): void {
  options.actionsRegistry.register({
    name: 'acknowledge-alert',
    title: 'Acknowledge an alert',
    description:
      'Says in your name that somebody looks at an alert. It goes on until its source or a person resolves it.',
    attributes: { destructive: false, idempotent: true, readOnly: false },
    schema: {
      input: z => z.object({ id: z.string().uuid().describe('Of the alert') }),
      output: alertOutputSchema,
    },
    action: async ({ input, credentials }) => ({
      output: toAlertOutput(
        await options.alerts.acknowledgeAlert(
          { id: input.id },
          { credentials },
        ),
      ),
    }),
  });
}
