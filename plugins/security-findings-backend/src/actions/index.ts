import type { AuditorService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { FindingsService } from '../services/FindingsService';
import { createListFindingsAction } from './createListFindingsAction';
import { createWaiveFindingAction } from './createWaiveFindingAction';

/** Registers all actions of the plugin. */
export function registerFindingsActions(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  service: FindingsService;
}): void {
  createListFindingsAction(options);
  createWaiveFindingAction(options);
}
