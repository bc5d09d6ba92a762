import type { RolloutRecord } from '../../database/rollouts/RolloutStore';
import type { RolloutFacts, RolloutLimits, RolloutStep } from './RolloutFacts';
import {
  describeMet,
  end,
  endTakenAway,
  isOverdue,
  sendBack,
} from './rolloutSteps';
import { versionName } from './versionName';

/** Decides while all traffic is moved to the new version. */
export function decideSwitchingStep(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  limits: RolloutLimits,
): RolloutStep {
  const { candidate, live } = facts;
  const isSplit = hasActiveSplit(rollout, facts);
  if (live?.deploymentId === rollout.deploymentId && !isSplit) {
    return arrive(rollout, facts);
  }
  const wasTakenAway =
    facts.split?.canaryDeploymentId === rollout.deploymentId &&
    facts.split.state === 'aborted' &&
    rollout.progress.trafficSince !== undefined;
  if (wasTakenAway) {
    return endTakenAway(rollout, facts);
  }
  if (candidate === 'gone') {
    return sendBack(rollout, facts, {
      state: 'aborted',
      reason: `The deployment was deleted at the provider while all traffic was moved to it.${describeMet(rollout, facts)}`,
    });
  }
  if (isOverdue(rollout, facts, limits)) {
    return sendBack(rollout, facts, {
      state: 'aborted',
      reason: `'${rollout.project.provider}' accepted the promotion and has not finished it in ${limits.moveMinutes} minutes.${describeMet(rollout, facts)}`,
    });
  }
  return {
    kind: 'move',
    reason: 'All traffic is moving to the new version.',
    move: { how: isSplit ? 'complete-canary' : 'promote' },
  };
}

function arrive(rollout: RolloutRecord, facts: RolloutFacts): RolloutStep {
  const { plan, progress } = rollout;
  if (
    !progress.counting ||
    plan.watchMinutes === 0 ||
    facts.stable === 'gone'
  ) {
    return end(
      'promoted',
      `It serves all traffic.${describeMet(rollout, facts)}`,
      { percent: 100 },
    );
  }
  const now = facts.now.toISOString();
  return {
    kind: 'go',
    reason: `It serves all traffic and is watched for ${plan.watchMinutes} ${plan.watchMinutes === 1 ? 'minute' : 'minutes'}.`,
    change: {
      state: 'watching',
      percent: 100,
      stageIndex: undefined,
      stageStartedAt: now,
      progress: {
        ...rollout.progress,
        ...facts.measured.progress,
        movingSince: undefined,
        trafficSince: rollout.progress.trafficSince ?? now,
        switchedAt: now,
      },
    },
  };
}

/**
 * Decides while all traffic is sent back. It never gives up: a rollout has not
 * ended before its traffic is where it belongs.
 */
export function decideEndingStep(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const ending = rollout.progress.ending!;
  const { actor, comment } = ending;
  if (hasActiveSplit(rollout, facts)) {
    return {
      kind: 'move',
      reason: rollout.reason,
      move: { how: 'abort-canary' },
    };
  }
  const target = facts.fallbackDeploymentId;
  const isServed = facts.live?.deploymentId === rollout.deploymentId;
  const isElsewhere =
    ending.toDeploymentId !== undefined &&
    ending.toDeploymentId === target &&
    facts.live?.deploymentId !== target;
  if ((isServed || isElsewhere) && target) {
    return {
      kind: 'move',
      reason: rollout.reason,
      move: { how: 'rollback', toDeploymentId: target },
    };
  }
  if (isServed) {
    return end(
      'promoted',
      `${ending.reason} There is nothing to go back to, so it still serves all traffic: deploy an older commit.`,
      { percent: 100, actor, comment },
    );
  }
  return end(
    ending.state,
    `${ending.reason} ${facts.live ? `${versionName(facts.live)} serves all traffic.` : 'Nothing serves now.'}`,
    { percent: 0, actor, comment },
  );
}

function hasActiveSplit(rollout: RolloutRecord, { split }: RolloutFacts) {
  return (
    split?.state === 'active' &&
    split.canaryDeploymentId === rollout.deploymentId
  );
}
