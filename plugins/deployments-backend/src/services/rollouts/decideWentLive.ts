import type { RolloutRecord } from '../../database/rollouts/RolloutStore';
import type { RolloutFacts, RolloutStep } from './RolloutFacts';
import { end, wait } from './rolloutSteps';

/**
 * Decides for a version that has all traffic before its rollout gave it any: it
 * went live before staging was on, or somebody moved the traffic.
 *
 * It is watched as after a switch when the plan wants that and there is a
 * version to go back to. A person's own choice of a version is not undone.
 */
export function decideWentLive(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const { watchMinutes } = rollout.plan;
  const { takeover } = facts;
  const how = 'It got all traffic outside of this rollout';
  if (rollout.byPerson || watchMinutes === 0) {
    return end('promoted', `${how}.`, { percent: 100 });
  }
  if (!takeover) {
    return end(
      'promoted',
      `${how}, and no version is left that could be gone back to.`,
      { percent: 100 },
    );
  }
  if (facts.activeRolloutId) {
    return wait(`${how}. Waits until the rollout before it has ended.`);
  }
  if (facts.countsProblem) {
    return wait(
      `${how}, and is watched as soon as requests can be counted: ${facts.countsProblem}`,
      true,
    );
  }
  return {
    kind: 'go',
    reason: `${how}, without its checks and stages, so it is watched for ${watchMinutes} ${watchMinutes === 1 ? 'minute' : 'minutes'}.`,
    change: {
      state: 'watching',
      percent: 100,
      stageIndex: undefined,
      stageStartedAt: facts.now.toISOString(),
      stableDeploymentId: takeover.stableDeploymentId,
      stableCommit: takeover.stableCommit,
      progress: {
        ...rollout.progress,
        ...facts.measured.progress,
        pausedFrom: undefined,
        pausedAt: undefined,
        trafficSince: takeover.since,
        switchedAt: takeover.since,
      },
    },
  };
}
