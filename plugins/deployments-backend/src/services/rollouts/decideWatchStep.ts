import type { Verdict } from '@forkyard/plugin-deployments-common';
import type { RolloutRecord } from '../../database/rollouts/RolloutStore';
import type { RolloutFacts, RolloutStep } from './RolloutFacts';
import { describeMet, end, sendBack, wait } from './rolloutSteps';
import { versionName } from './versionName';

/** Decides for a rollout whose version has all traffic and is watched. */
export function decideWatchStep(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const forced = findForcedWatchStep(rollout, facts);
  if (forced) return forced;
  if (facts.countsProblem) {
    return wait(
      `Goes on watching, because requests cannot be counted: ${facts.countsProblem}`,
      true,
    );
  }
  const { stageEndsAt } = rollout;
  if (!stageEndsAt || facts.now.getTime() < Date.parse(stageEndsAt)) {
    return wait(facts.verdict?.reason ?? rollout.reason);
  }
  if (facts.verdict && looksWorse(facts.verdict)) {
    return wait(facts.verdict.reason, true);
  }
  return end(
    'promoted',
    `Watched for ${rollout.plan.watchMinutes} minutes with all traffic.${describeMet(rollout, facts)}`,
    { percent: 100 },
  );
}

/** Too few requests end a watch, because it would never end; doubt does not. */
function looksWorse({ decision, metrics }: Verdict): boolean {
  return (
    decision === 'hold' &&
    metrics.some(
      ({ canaryRatio = 0, stableRatio = 0, harmProgress, goodProgress }) =>
        canaryRatio > stableRatio && harmProgress > goodProgress,
    )
  );
}

/** What ends the watch at once, paused or not. */
export function findForcedWatchStep(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep | undefined {
  const { live, verdict, alerts } = facts;
  if (live && live.deploymentId !== rollout.deploymentId) {
    return live.isNewer
      ? end(
          'promoted',
          `A newer version, ${versionName(live)}, took over outside of this rollout.${describeMet(rollout, facts)}`,
          { percent: 0 },
        )
      : end(
          'rolled-back',
          `Somebody sent the traffic to ${versionName(live)} outside of this rollout.${describeMet(rollout, facts)}`,
          { percent: 0 },
        );
  }
  const trouble = findTrouble(facts);
  if (trouble) {
    return sendBack(rollout, facts, {
      state: 'rolled-back',
      reason: `${trouble}${describeMet(rollout, facts)}`,
    });
  }
  return undefined;

  function findTrouble({ candidate }: RolloutFacts): string | undefined {
    if (candidate === 'gone') {
      return 'The deployment was deleted at the provider while it served all traffic.';
    }
    if (verdict?.decision === 'abort') return verdict.reason;
    return alerts[0] && `An SLO alert began after the switch: ${alerts[0]}`;
  }
}
