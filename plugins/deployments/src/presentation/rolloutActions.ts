import type { Rollout } from '@forkyard/plugin-deployments-common';
import { hasEnded } from './rolloutWords';

export type RolloutAction = 'pause' | 'resume' | 'promote' | 'abort';

/** Says why an action cannot be taken on a rollout now; nothing when it can. */
export function refusalOf(
  action: RolloutAction,
  rollout: Rollout,
  maySteer: boolean,
): string | undefined {
  const { state, percent } = rollout;
  if (!maySteer) {
    return 'You may not steer this rollout. Ask the owner of the component.';
  }
  if (hasEnded(rollout)) return 'The rollout has ended.';
  if (action === 'abort') return undefined;
  if (action === 'resume') {
    return state === 'paused' ? undefined : 'The rollout is not paused.';
  }
  if (state === 'queued') {
    return 'It waits behind another rollout of the environment.';
  }
  if (state === 'switching') return 'All traffic is moving right now.';
  if (action === 'pause') {
    return state === 'paused' ? 'The rollout is paused already.' : undefined;
  }
  return percent >= 100 ? 'It has all traffic already.' : undefined;
}
