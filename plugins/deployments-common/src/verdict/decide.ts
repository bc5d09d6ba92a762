import { assessMetric, looksWorse, type AssessedMetric } from './assess';
import { inputError } from './inputError';
import {
  abortReason,
  catastropheReason,
  continueReason,
  holdReason,
  promoteReason,
} from './sentences';
import { requestsBeforeAbort, type VerdictState } from './state';
import { upgradeState } from './upgradeState';
import type { Verdict, VerdictDecision, VerdictMetric } from './types';

/** What the decision needs to know of the time. @public */
export interface VerdictTime {
  /** Since the stage, or the watch, began. */
  elapsedSeconds: number;
  /** How long it takes at least. */
  minimumSeconds: number;
}

/**
 * Decides what is to be done now.
 *
 * - `abort`: the evidence says that the version is worse than is tolerated.
 * - `promote`: the evidence says that it is not, for each metric that is
 *   measured, the time is over, and there were enough requests. Only this may
 *   give it all traffic.
 * - `hold`: it must not get any more traffic, because too little is known: few
 *   requests of it, none of the stable version, durations of only one of them,
 *   requests that have stopped coming; or because its time is over and it looks
 *   worse than is tolerated, which may be chance.
 * - `continue`: requests are coming and nothing speaks against it, but its time
 *   is not over or there is not enough evidence yet. More traffic brings more.
 *
 * @public
 */
export function decideVerdict(
  stored: VerdictState,
  time: VerdictTime,
): Verdict {
  for (const [name, seconds] of Object.entries(time)) {
    if (!(seconds >= 0)) {
      throw inputError(
        `A verdict's '${name}' is ${seconds}, and must be a number from 0.`,
      );
    }
  }
  const state = upgradeState(stored);
  const errors = assessMetric(state, 'errors');
  const latency = assessMetric(state, 'latency');
  // What neither version has is unknown, and decides nothing.
  const measured = latency.canaryTotal > 0 || latency.stableTotal > 0;
  const metrics = measured ? [errors, latency] : [errors];
  const { decision, reason } = decide(state, metrics, time);
  return {
    decision,
    reason,
    metrics: metrics.map(toVerdictMetric),
    canary: state.canary,
    stable: state.baseline ?? state.stable,
    elapsedSeconds: time.elapsedSeconds,
  };
}

function decide(
  state: VerdictState,
  metrics: AssessedMetric[],
  time: VerdictTime,
): { decision: VerdictDecision; reason: string } {
  const harmful = metrics.find(({ harmProgress }) => harmProgress >= 1);
  if (harmful && state.canary.requests >= requestsBeforeAbort(state)) {
    return { decision: 'abort', reason: abortReason(state, harmful) };
  }
  if (isCatastrophe(state)) {
    return { decision: 'abort', reason: catastropheReason(state) };
  }
  const missing = holdReason(state, metrics);
  if (missing) return { decision: 'hold', reason: missing };
  const good = metrics.every(({ goodProgress }) => goodProgress >= 1);
  const over = time.elapsedSeconds >= time.minimumSeconds;
  if (good && over) {
    return { decision: 'promote', reason: promoteReason(state, metrics) };
  }
  return {
    decision: over && metrics.some(looksWorse) ? 'hold' : 'continue',
    reason: continueReason(state, metrics, time),
  };
}

/**
 * Tells a version that fails most of its requests where there is nothing to
 * compare it with; elsewhere the comparison is as quick and knows more.
 *
 * A version that really fails less than a share r of its requests meets this
 * with a probability of at most exp(-n KL(ratio||r)), n being
 * `catastropheRequests`, however long it is watched: at every time at which it
 * is met the likelihood ratio of `ratio` to r is at least the inverse (Ville).
 * With the defaults that is 0.05 % for r = 13.5 %. One that fails more is what
 * the guard is for, whatever the stable version would have done.
 */
function isCatastrophe(state: VerdictState): boolean {
  const { canary, settings } = state;
  const stable = state.baseline ?? state.stable;
  const { catastropheRatio, catastropheRequests, designEffect } = settings;
  const enough = catastropheRequests * designEffect;
  return (
    canary.requests >= enough &&
    canary.errors >= catastropheRatio * canary.requests &&
    stable.requests < enough &&
    stable.errors <= (stable.requests * catastropheRatio) / 2
  );
}

function toVerdictMetric({
  canaryTotal: _canaryTotal,
  canaryBad: _canaryBad,
  stableTotal: _stableTotal,
  stableBad: _stableBad,
  tolerance: _tolerance,
  harmTolerance: _harmTolerance,
  harmDesignEffect: _harmDesignEffect,
  ...metric
}: AssessedMetric): VerdictMetric {
  return metric;
}
