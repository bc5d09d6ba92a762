import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { SloService } from '../services/SloService';
import { createGetErrorBudgetAction } from './createGetErrorBudgetAction';
import { createListSloAlertsAction } from './createListSloAlertsAction';

/** Registers all actions of the plugin. */
export function registerSloActions(options: {
  actionsRegistry: ActionsRegistryService;
  service: SloService;
}): void {
  createGetErrorBudgetAction(options);
  createListSloAlertsAction(options);
}
