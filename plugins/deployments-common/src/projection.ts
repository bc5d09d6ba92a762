import type { DeploymentState } from './types';

/**
 * How far a deployment has come. A provider's answers may arrive late and out
 * of order; a deployment never moves to a lower rank because of one.
 */
const RANK: Record<Exclude<DeploymentState, 'deleted'>, number> = {
  queued: 0,
  building: 1,
  ready: 2,
  failed: 2,
  canceled: 2,
};

/** A state, and when the provider was asked for it. @public */
export interface StateObservation {
  state: DeploymentState;
  askedAt: Date;
}

/**
 * Tells whether nothing more will happen to a deployment by itself.
 *
 * @public
 */
export function isFinishedState(state: DeploymentState): boolean {
  return state === 'deleted' || RANK[state] === 2;
}

/**
 * Decides whether what the provider told replaces what the projection holds.
 *
 * A later stage replaces an earlier one whatever the order of arrival; within
 * one stage the later question wins. Deletion is known only from a definite
 * answer, so there the later question wins too, in both directions: an old
 * list does not bring a deleted deployment back, a new one does.
 *
 * @public
 */
export function supersedes(
  told: StateObservation,
  held: StateObservation,
): boolean {
  const isNewer = told.askedAt.getTime() >= held.askedAt.getTime();
  if (told.state === 'deleted' || held.state === 'deleted') return isNewer;
  const difference = RANK[told.state] - RANK[held.state];
  return difference === 0 ? isNewer : difference > 0;
}

/**
 * Estimates when a deployment went live, for an environment that was found to
 * point to it.
 *
 * Providers say what is live, not since when. A deployment that became ready
 * after the environment was last looked at went live when it became ready; so
 * did the one found at the first look. An older one was promoted or rolled
 * back to since the last look, at some moment up to now.
 *
 * @public
 */
export function estimateLiveSince(options: {
  askedAt: Date;
  lastAskedAt?: Date;
  readyAt?: Date;
  createdAt: Date;
}): Date {
  const { askedAt, lastAskedAt } = options;
  const readyAt = options.readyAt ?? options.createdAt;
  const wentLiveByItself = !lastAskedAt || readyAt >= lastAskedAt;
  return wentLiveByItself && readyAt <= askedAt ? readyAt : askedAt;
}

/**
 * Seconds until a provider is asked again after `failures` failures in a row:
 * the normal interval, doubled each time, at most fifteen minutes.
 *
 * @public
 */
export function backOffSeconds(options: {
  intervalSeconds: number;
  failures: number;
}): number {
  const doublings = Math.min(Math.max(options.failures - 1, 0), 16);
  return Math.min(
    options.intervalSeconds * 2 ** doublings,
    Math.max(900, options.intervalSeconds),
  );
}
