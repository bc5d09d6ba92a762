import type { AuditorService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import { registerRolloutChange } from './registerRolloutChange';

/** Registers the action that pauses a rollout. */
export function createPauseRolloutAction(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  rollouts: RolloutsService;
}): void {
  registerRolloutChange({
    ...options,
    verb: 'pause',
    title: 'Pause a rollout',
    description:
      'Keeps the traffic of a rollout as it is until it is resumed. A verdict to abort still sends the traffic back.',
    destructive: false,
    run: (...given) => options.rollouts.pauseRollout(...given),
  });
}
