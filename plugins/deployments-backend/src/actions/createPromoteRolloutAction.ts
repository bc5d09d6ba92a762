import type { AuditorService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import { registerRolloutChange } from './registerRolloutChange';

/** Registers the action that sends all traffic to a new version. */
export function createPromoteRolloutAction(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  rollouts: RolloutsService;
}): void {
  registerRolloutChange({
    ...options,
    verb: 'promote',
    title: 'Promote a rollout now',
    description:
      'Sends all traffic to the new version of a rollout now, whatever the verdict says. Refused while its checks or an approval are waiting.',
    destructive: true,
    run: (...given) => options.rollouts.promoteRollout(...given),
  });
}
