import type { AuditorService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import { registerRolloutChange } from './registerRolloutChange';

/** Registers the action that sends all traffic back. */
export function createAbortRolloutAction(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  rollouts: RolloutsService;
}): void {
  registerRolloutChange({
    ...options,
    verb: 'abort',
    title: 'Abort a rollout',
    description:
      'Takes all traffic away from the new version of a rollout now, back to the version that served before.',
    destructive: true,
    run: (...given) => options.rollouts.abortRollout(...given),
  });
}
