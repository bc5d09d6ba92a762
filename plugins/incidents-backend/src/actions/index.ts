import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { AlertService } from '../services/AlertService';
import { createAcknowledgeAlertAction } from './createAcknowledgeAlertAction';
import { createListAlertsAction } from './createListAlertsAction';

/** Registers all actions of the plugin. */
export function registerIncidentsActions(options: {
  actionsRegistry: ActionsRegistryService;
  alerts: AlertService;
}): void {
  createListAlertsAction(options);
  createAcknowledgeAlertAction(options);
}
