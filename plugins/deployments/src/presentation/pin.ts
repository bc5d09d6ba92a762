import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';

/**
 * What the pin of a rollback does: it holds the traffic where it is, it ends
 * with the rollout that runs, or there is none.
 */
export type Pin = 'held' | 'ending' | 'none';

/**
 * Judges a pin by where the traffic is. What the provider last said of it may
 * be older than the rollout that released it.
 */
export function judgePin(environment: EnvironmentStatus): Pin {
  const { pinned, live, rollout } = environment;
  if (!pinned) return 'none';
  if (rollout && live?.id === rollout.deploymentId) return 'none';
  const last = live?.lastRollout;
  const isReleased =
    last?.outcome === 'promoted' &&
    pinned.since !== undefined &&
    Date.parse(last.endedAt) > Date.parse(pinned.since);
  if (isReleased) return 'none';
  return rollout && rollout.state !== 'queued' ? 'ending' : 'held';
}
