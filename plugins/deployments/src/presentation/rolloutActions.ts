import {
  actorName,
  type Rollout,
  type RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import { findAskedFor, isSentBack } from './askedFor';
import { hasEnded, stateLabel } from './rolloutWords';

const waitsInQueue = 'It waits behind another rollout of the environment.';
const trafficMoves = 'Its traffic is moving at this moment.';

export type RolloutAction = 'pause' | 'resume' | 'promote' | 'abort';

/** Says why an action cannot be taken on a rollout now; nothing when it can. */
export function refusalOf(
  action: RolloutAction,
  rollout: RolloutDetail,
  maySteer: boolean,
): string | undefined {
  if (!maySteer) {
    return 'You may not steer this rollout. Ask the owner of the component.';
  }
  if (hasEnded(rollout)) {
    return `The rollout has ended: ${stateLabel(rollout.state).toLocaleLowerCase('en')}.`;
  }
  if (isSentBack(rollout)) return 'Its traffic is being sent back already.';
  const asked = findAskedFor(rollout);
  if (asked?.what === 'promote' && action !== 'abort') {
    return `${actorName(asked.actor)} asked to promote it already; its traffic is moving.`;
  }
  switch (action) {
    case 'pause':
      return refusalOfPause(rollout);
    case 'resume':
      return rollout.state === 'paused'
        ? undefined
        : 'The rollout is not paused.';
    case 'promote':
      return refusalOfPromotion(rollout);
    default:
      return undefined;
  }
}

function refusalOfPause({
  state,
  stageStartedAt,
}: Rollout): string | undefined {
  if (state === 'queued') return waitsInQueue;
  if (state === 'paused') return 'It is paused already.';
  const isMoving = state === 'progressing' && !stageStartedAt;
  return isMoving || state === 'switching' ? trafficMoves : undefined;
}

function refusalOfPromotion(rollout: Rollout): string | undefined {
  const { state, percent, gates } = rollout;
  if (state === 'queued') return waitsInQueue;
  if (state === 'switching') return trafficMoves;
  if (percent === 0) {
    return 'It has no traffic yet: its checks and gates come first.';
  }
  const gate =
    gates.find(({ state: gateState }) => gateState === 'failed') ??
    gates.find(({ state: gateState }) => gateState === 'waiting');
  return percent < 100 ? gate?.reason : undefined;
}
