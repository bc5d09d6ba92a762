import type { RolloutRecord } from '../../database/rollouts/RolloutStore';
import type { RolloutFacts, RolloutLimits, RolloutStep } from './RolloutFacts';
import {
  describeMet,
  end,
  endTakenAway,
  enterStage,
  findGate,
  isOverdue,
  sendBack,
  switchOver,
  wait,
} from './rolloutSteps';

/** Decides for a rollout that goes through the stages of a canary. */
export function decideCanaryStep(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  limits: RolloutLimits,
): RolloutStep {
  return rollout.stageStartedAt
    ? (findForcedCanaryStep(rollout, facts) ?? decideInStage(rollout, facts))
    : decideArrival(rollout, facts, limits);
}

/** The traffic of the stage is meant to move, and was not seen to. */
function decideArrival(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  limits: RolloutLimits,
): RolloutStep {
  const stageIndex = rollout.stageIndex ?? 0;
  const split = findOwnSplit(rollout, facts);
  if (facts.live?.deploymentId === rollout.deploymentId) {
    return movedOutside(rollout, facts);
  }
  if (facts.candidate === 'gone') return candidateGone(rollout, facts);
  if (split && split.stageIndex >= stageIndex) {
    return {
      kind: 'go',
      reason: `${split.percent} % of the traffic goes to it.`,
      change: {
        state: 'progressing',
        percent: split.percent,
        stageIndex: split.stageIndex,
        stageStartedAt: facts.now.toISOString(),
        progress: {
          ...rollout.progress,
          ...facts.measured.progress,
          movingSince: undefined,
          trafficSince:
            rollout.progress.trafficSince ?? facts.now.toISOString(),
        },
      },
    };
  }
  if (isOverdue(rollout, facts, limits)) {
    return sendBack(rollout, facts, {
      state: 'aborted',
      reason: `'${rollout.project.provider}' has not moved the traffic of stage ${stageIndex + 1} in ${limits.moveMinutes} minutes, although it was asked to.`,
    });
  }
  if (!split && stageIndex > 0) return movedOutside(rollout, facts);
  if (!split && facts.split?.state === 'active') {
    return wait(
      `Waits for the canary of '${facts.split.canaryDeploymentId}', which was begun outside of this rollout.`,
      true,
    );
  }
  return {
    kind: 'move',
    reason: `Traffic of stage ${stageIndex + 1} is moving.`,
    move: split
      ? { how: 'advance-canary', stageIndex }
      : { how: 'start-canary' },
  };
}

/** What happens to a canary with traffic whether or not it is paused. */
export function findForcedCanaryStep(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep | undefined {
  const split = findOwnSplit(rollout, facts);
  if (facts.candidate === 'gone') return candidateGone(rollout, facts);
  if (!split) return movedOutside(rollout, facts);
  if (split.stageIndex !== rollout.stageIndex) {
    return {
      kind: 'go',
      reason: `Somebody moved the traffic at '${rollout.project.provider}' to stage ${split.stageIndex + 1}, ${split.percent} %. The rollout goes on from there.`,
      change: {
        state: rollout.state,
        percent: split.percent,
        stageIndex: split.stageIndex,
        stageStartedAt: facts.now.toISOString(),
        progress: {
          ...rollout.progress,
          ...facts.measured.progress,
          pausedAt: rollout.progress.pausedAt && facts.now.toISOString(),
        },
      },
    };
  }
  const failed = findGate(facts.gates, 'failed');
  if (failed) {
    return sendBack(rollout, facts, {
      state: 'aborted',
      reason: failed.reason,
    });
  }
  if (facts.verdict?.decision === 'abort') {
    return sendBack(rollout, facts, {
      state: 'aborted',
      reason: `${facts.verdict.reason}${describeMet(rollout, facts)}`,
    });
  }
  return undefined;
}

function decideInStage(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const { plan, stageIndex = 0, stageEndsAt } = rollout;
  const { verdict } = facts;
  if (facts.stable === 'gone') {
    return switchOver(
      rollout,
      facts,
      'The version that served before was deleted at the provider, so there is nothing to go back to: all traffic moves to the new one.',
    );
  }
  if (facts.countsProblem) {
    return wait(
      `Holds at ${rollout.percent} %, because requests cannot be counted: ${facts.countsProblem}`,
      true,
    );
  }
  if (!verdict) return wait('No request was counted yet.');
  if (verdict.decision === 'hold') return wait(verdict.reason, true);
  if (stageEndsAt && facts.now.getTime() < Date.parse(stageEndsAt)) {
    return wait(verdict.reason);
  }
  const waiting = findGate(facts.gates, 'waiting');
  if (waiting) return wait(waiting.reason, true);
  const next = plan.stages[stageIndex + 1];
  if (next) {
    return enterStage(
      rollout,
      facts,
      stageIndex + 1,
      `${verdict.reason} ${next.percent} % of the traffic goes to it.`,
    );
  }
  return verdict.decision === 'promote'
    ? switchOver(rollout, facts, `${verdict.reason} All traffic moves to it.`)
    : wait(verdict.reason);
}

function findOwnSplit(rollout: RolloutRecord, { split }: RolloutFacts) {
  const isOurs =
    split?.state === 'active' &&
    split.canaryDeploymentId === rollout.deploymentId;
  return isOurs ? split : undefined;
}

/** Ends as what really happened to the traffic, which is not ours any more. */
function movedOutside(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const { live } = facts;
  return live?.deploymentId === rollout.deploymentId
    ? end(
        'promoted',
        `Somebody moved all traffic to it outside of this rollout.${describeMet(rollout, facts)}`,
        { percent: 100 },
      )
    : endTakenAway(rollout, facts);
}

function candidateGone(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  return sendBack(rollout, facts, {
    state: 'aborted',
    reason: `The deployment was deleted at the provider while it had traffic.${describeMet(rollout, facts)}`,
  });
}
