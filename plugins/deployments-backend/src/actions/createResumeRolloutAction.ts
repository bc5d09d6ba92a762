import type { AuditorService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { RolloutsService } from '../services/rollouts/RolloutsService';
import { registerRolloutChange } from './registerRolloutChange';

/** Registers the action that resumes a rollout. */
export function createResumeRolloutAction(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  rollouts: RolloutsService;
}): void {
  registerRolloutChange({
    ...options,
    verb: 'resume',
    title: 'Resume a rollout',
    description: 'Goes on with a paused rollout where it stopped.',
    destructive: false,
    run: (...given) => options.rollouts.resumeRollout(...given),
  });
}
