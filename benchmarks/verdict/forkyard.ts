import {
  createVerdictState,
  decideVerdict,
  foldVerdict,
  type VerdictSettings,
  type VerdictState,
} from '@forkyard/plugin-deployments-common';
import type { Arm } from './dependence';
import type { Traffic } from './traffic';

export interface ForkyardRun {
  /** Canary requests until the decision; absent when there was none. */
  abortedAfter?: number;
  promotedAfter?: number;
}

/**
 * Judges a run after every tick. A run that is watched for false aborts goes on
 * after it could have been promoted.
 */
export function judgeByForkyard(
  traffic: Traffic,
  settings: Partial<VerdictSettings>,
  options: {
    untilPromoted: boolean;
    knowsHistory: boolean;
    /** Doubts what is far worse, too, by what the stable version's failures say. */
    isUnbounded?: boolean;
  },
): ForkyardRun {
  const { scenario, ticks, stable, canary } = traffic;
  const { untilPromoted, knowsHistory, isUnbounded = false } = options;
  const counts = (arm: Arm, slow: Int32Array, tick: number) => ({
    requests: arm.total[tick],
    errors: arm.bad[tick],
    durations: scenario.slow ? arm.total[tick] : 0,
    slow: slow[tick],
  });
  let state = createVerdictState(
    settings,
    knowsHistory ? { history: traffic.drawHistory() } : {},
  );
  for (let tick = 0; tick < ticks; tick += 1) {
    state = foldVerdict(state, {
      canary: counts(canary, traffic.canarySlow, tick),
      stable: counts(stable, traffic.stableSlow, tick),
    });
    if (isUnbounded) state = forgetOwn(state);
    if (!mayBeDecided(state, untilPromoted)) continue;
    const { decision } = decideVerdict(state, {
      elapsedSeconds: tick,
      minimumSeconds: 0,
    });
    const requests = state.canary.requests;
    if (decision === 'abort') return { abortedAfter: requests };
    if (decision === 'promote' && untilPromoted) {
      return { promotedAfter: requests };
    }
  }
  return {};
}

/**
 * Forgets how evenly the new version fails by itself, which is all that the
 * verdict did not know before it bounded its doubts by that.
 */
function forgetOwn(state: VerdictState): VerdictState {
  const { errors } = state.tests;
  const dispersion = errors.dispersion.map(({ alone: _, ...scale }) => scale);
  return {
    ...state,
    tests: { ...state.tests, errors: { ...errors, dispersion } },
  };
}

/**
 * Spares the time of a verdict, with its sentences and bounds, where it can only
 * be to go on: an abort needs a wealth of 1/falseAbortRate at least, or half of
 * the requests failed, and a promotion 1/falsePromoteRate.
 */
function mayBeDecided(state: VerdictState, untilPromoted: boolean): boolean {
  const { errors, latency } = state.tests;
  const { falseAbortRate, falsePromoteRate } = state.settings;
  const harm = Math.max(errors.harm.logPeak, latency.harm.logPeak);
  return (
    harm >= -Math.log(falseAbortRate) ||
    state.canary.errors >= state.canary.requests / 2 ||
    (untilPromoted && errors.good.logPeak >= -Math.log(falsePromoteRate))
  );
}
