import type { RolloutRecord } from '../../database/rollouts/RolloutStore';
import { decideCanaryStep, findForcedCanaryStep } from './decideCanaryStep';
import { decideEndingStep, decideSwitchingStep } from './decideSwitchStep';
import { decideWentLive } from './decideWentLive';
import { decideWatchStep, findForcedWatchStep } from './decideWatchStep';
import type { RolloutFacts, RolloutLimits, RolloutStep } from './RolloutFacts';
import { end, enterStage, findGate, switchOver, wait } from './rolloutSteps';
import { versionName } from './versionName';

/**
 * Decides the next step of a rollout from what is stored and what is seen.
 *
 * It takes values and gives a value, so every rule can be tried without a
 * provider. What the provider shows is always believed over what is stored:
 * traffic that somebody else moved ends the rollout as what really happened.
 *
 * - A version that has the traffic before its rollout gave it any is watched.
 * - `queued` waits for the rollout before it; one that is newer replaces it.
 * - `checking` waits for every gate. A failed gate ends the rollout, which had
 *   no traffic then.
 * - A stage of a canary is over when its minutes are, its gates passed, and the
 *   verdict says `promote` or `continue`; the step to all traffic needs
 *   `promote`. `hold`, and counts that cannot be read, never advance.
 * - `abort` sends all traffic back, at any time there is some, paused or not.
 * - `watching` ends promoted when its minutes are over, requests could be
 *   counted, and it does not look worse than before; few requests are no reason
 *   to watch for ever, because it has the traffic already. An SLO alert that began after the switch, or `abort`, ends it
 *   rolled back.
 */
export function decideRolloutStep(
  rollout: RolloutRecord,
  facts: RolloutFacts,
  limits: RolloutLimits,
): RolloutStep {
  const { goneSince } = { ...facts.measured.progress };
  if (goneSince) return decideWithoutProject(rollout, facts, limits);
  if (rollout.progress.ending) return decideEndingStep(rollout, facts);
  switch (rollout.state) {
    case 'queued':
      return decideQueued(rollout, facts);
    case 'checking':
      return decideChecking(rollout, facts);
    case 'progressing':
      return decideCanaryStep(rollout, facts, limits);
    case 'switching':
      return decideSwitchingStep(rollout, facts, limits);
    case 'watching':
      return decideWatchStep(rollout, facts);
    case 'paused':
      return decidePaused(rollout, facts);
    default:
      return wait(rollout.reason);
  }
}

/** Nothing can be seen or moved; whoever deleted the project ended it. */
function decideWithoutProject(
  rollout: RolloutRecord,
  { now, measured }: RolloutFacts,
  { moveMinutes }: RolloutLimits,
): RolloutStep {
  const { project } = rollout;
  const said = `'${project.provider}' knows no project '${project.projectId}'`;
  const since = Date.parse(measured.progress?.goneSince ?? '');
  return now.getTime() - since < moveMinutes * 60_000
    ? wait(`${said}. It is looked for again.`)
    : end('aborted', `${said} any more, so there is no traffic to move.`, {
        percent: 0,
      });
}

/** What ends a rollout that had no traffic yet; undefined when nothing does. */
function findEndBeforeTraffic(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep | undefined {
  const { live, candidate } = facts;
  if (live?.deploymentId === rollout.deploymentId) {
    return decideWentLive(rollout, facts);
  }
  if (candidate === 'gone') {
    return end(
      'aborted',
      'The deployment was deleted at the provider before it had any traffic.',
      { percent: 0 },
    );
  }
  if (candidate === 'failed') {
    return end('aborted', 'The deployment failed, so it gets no traffic.', {
      percent: 0,
    });
  }
  if (live?.isNewer && !rollout.byPerson) {
    return end(
      'aborted',
      `A newer version, ${versionName(live)}, is live already.`,
      { percent: 0 },
    );
  }
  if (facts.newerRolloutId && !rollout.byPerson) {
    return end('aborted', 'A newer version is rolled out instead.', {
      percent: 0,
    });
  }
  return undefined;
}

function decideQueued(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const ended = findEndBeforeTraffic(rollout, facts);
  if (ended) return ended;
  if (facts.activeRolloutId) {
    return wait('Waits until the rollout before it has ended.');
  }
  return {
    kind: 'go',
    reason: 'Its checks are asked for.',
    change: {
      state: 'checking',
      stableDeploymentId: facts.live?.deploymentId,
      stableCommit: facts.live?.commit,
    },
  };
}

function decideChecking(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const ended = findEndBeforeTraffic(rollout, facts);
  if (ended) return ended;
  if (facts.live?.deploymentId !== rollout.stableDeploymentId) {
    return {
      kind: 'go',
      reason: `${facts.live ? versionName(facts.live) : 'Nothing'} serves now, so it is what this version is compared with.`,
      change: {
        state: 'checking',
        stableDeploymentId: facts.live?.deploymentId,
        stableCommit: facts.live?.commit,
        progress: rollout.progress,
        verdictState: undefined,
      },
    };
  }
  const failed = findGate(facts.gates, 'failed');
  if (failed) {
    return end('aborted', `It got no traffic: ${failed.reason}`, {
      percent: 0,
    });
  }
  const waiting = findGate(facts.gates, 'waiting');
  if (waiting) return wait(waiting.reason, waiting.gate === 'approval');
  if (facts.candidate !== 'ready') return wait('The deployment is not ready.');
  if (!rollout.stableDeploymentId) {
    return switchOver(
      rollout,
      facts,
      'Nothing served before, so there is nothing to compare with: it gets all traffic.',
    );
  }
  if (rollout.plan.strategy === 'direct') {
    return switchOver(rollout, facts, 'All traffic moves at once.');
  }
  if (facts.countsProblem) {
    return wait(
      `It gets no traffic while requests cannot be counted: ${facts.countsProblem}`,
      true,
    );
  }
  return begin(rollout, facts);
}

function begin(rollout: RolloutRecord, facts: RolloutFacts): RolloutStep {
  const { strategy, stages } = rollout.plan;
  if (strategy === 'blue-green' || stages.length === 0) {
    return switchOver(rollout, facts, 'All checks passed: all traffic moves.');
  }
  if (!facts.canSplit) {
    return switchOver(
      rollout,
      facts,
      `'${rollout.project.provider}' cannot split traffic, so this canary goes on as blue-green: all traffic moves at once and is watched.`,
    );
  }
  return enterStage(
    rollout,
    facts,
    0,
    `All checks passed: ${stages[0].percent} % of the traffic goes to it.`,
  );
}

/** A paused rollout keeps its traffic, unless that would harm or is not so. */
function decidePaused(
  rollout: RolloutRecord,
  facts: RolloutFacts,
): RolloutStep {
  const find = {
    checking: findEndBeforeTraffic,
    progressing: findForcedCanaryStep,
    watching: findForcedWatchStep,
  }[rollout.progress.pausedFrom ?? 'checking'];
  return find(rollout, facts) ?? wait(rollout.reason, true);
}
