import type { AuditorService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import { createAbortRolloutAction } from './createAbortRolloutAction';
import { createGetRolloutAction } from './createGetRolloutAction';
import { createListRolloutsAction } from './createListRolloutsAction';
import { createPauseRolloutAction } from './createPauseRolloutAction';
import { createPromoteRolloutAction } from './createPromoteRolloutAction';
import { createResumeRolloutAction } from './createResumeRolloutAction';

/** Registers all actions of the plugin. */
export function registerRolloutActions(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  rollouts: RolloutsService;
}): void {
  createListRolloutsAction(options);
  createGetRolloutAction(options);
  createPauseRolloutAction(options);
  createResumeRolloutAction(options);
  createPromoteRolloutAction(options);
  createAbortRolloutAction(options);
}
