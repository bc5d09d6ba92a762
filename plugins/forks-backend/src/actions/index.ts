import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { ForkService } from '../services/ForkService';
import type { ProvisioningService } from '../services/ProvisioningService';
import { createCreateForkAction } from './createCreateForkAction';
import { createGetForkAction } from './createGetForkAction';
import { createListForksAction } from './createListForksAction';

/** Registers all actions of the plugin. */
export function registerForkActions(options: {
  actionsRegistry: ActionsRegistryService;
  provisionings: ProvisioningService;
  forks: ForkService;
}): void {
  createCreateForkAction(options);
  createGetForkAction(options);
  createListForksAction(options);
}
