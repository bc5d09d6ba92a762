import { upperBound } from './bounds';
import { inputError } from './inputError';
import {
  createMetricTest,
  foldMetric,
  guessShare,
  type MetricTest,
} from './metricTest';
import { completeSettings } from './settings';
import type {
  VerdictCounts,
  VerdictMetricName,
  VerdictSettings,
  VerdictTick,
} from './types';

/**
 * Everything that is known between two ticks: plain JSON of a constant size.
 * Only `createVerdictState` and `foldVerdict` write it.
 *
 * @public
 */
export interface VerdictState {
  version: 1;
  settings: VerdictSettings;
  canary: VerdictCounts;
  stable: VerdictCounts;
  ticks: number;
  /** Last ticks in a row without a request, per version. */
  silentTicks: { canary: number; stable: number };
  baseline?: VerdictCounts;
  tests: Record<VerdictMetricName, MetricTest>;
}

/**
 * The share of `falseAbortRate` that each way to an abort may use up. Together
 * they use it up (union bound).
 */
export const abortShares = {
  errors: 0.85,
  latency: 0.1,
  catastrophe: 0.05,
} as const;

/**
 * By how much more may be slow, at least, when nothing runs beside the version:
 * a machine that warms up, or is busier than before, slows every version. One
 * that was as quick as the stable version beside it (13 % slow, both) had 26 %
 * of its first 190 requests slow after the switch on a busy machine, against
 * 5.7 % before, and was taken back with a tolerance of 5 points.
 */
const BASELINE_LATENCY_TOLERANCE = 0.3;

/** Of a metric's share, what may go wrong in the bound of a baseline. */
export const BASELINE_SHARE = 0.25;

const noCounts: VerdictCounts = {
  requests: 0,
  errors: 0,
  durations: 0,
  slow: 0,
};

/**
 * Begins to judge a version.
 *
 * With a `baseline` it is judged by what the stable version served before, for
 * the watch after all traffic has moved: aborted when it is worse by more than
 * the tolerance than the upper confidence bound of that, promoted when it is not
 * worse by more than the tolerance than what was seen. Nothing tells then a
 * fault of the version from one of the time, so that latency is judged by a
 * tolerance of 30 points at least.
 *
 * @public
 */
export function createVerdictState(
  settings: Partial<VerdictSettings> = {},
  options: { baseline?: VerdictCounts } = {},
): VerdictState {
  const { baseline } = options;
  const complete = completeSettings(settings);
  if (baseline) {
    complete.latencyTolerance = Math.max(
      complete.latencyTolerance,
      BASELINE_LATENCY_TOLERANCE,
    );
  }
  if (baseline) checkCounts(baseline, 'baseline');
  const test = (metric: VerdictMetricName, bad: number, total: number) =>
    createMetricTest(
      baseline && readBaseline(complete, { metric, bad, total }),
    );
  return {
    version: 1,
    settings: complete,
    canary: noCounts,
    stable: noCounts,
    ticks: 0,
    silentTicks: { canary: 0, stable: 0 },
    ...(baseline ? { baseline } : {}),
    tests: {
      errors: test('errors', baseline?.errors ?? 0, baseline?.requests ?? 0),
      latency: test('latency', baseline?.slow ?? 0, baseline?.durations ?? 0),
    },
  };
}

function readBaseline(
  { designEffect, falseAbortRate }: VerdictSettings,
  counted: { metric: VerdictMetricName; bad: number; total: number },
) {
  const bad = counted.bad / designEffect;
  const total = counted.total / designEffect;
  const alpha = falseAbortRate * abortShares[counted.metric] * BASELINE_SHARE;
  return {
    share: guessShare(bad, total),
    upper: upperBound(bad, total, alpha),
  };
}

/**
 * Adds what was served since the tick before. Ticks may be of any length and
 * size; the stable version's counts mean nothing when there is a baseline.
 *
 * @public
 */
export function foldVerdict(
  state: VerdictState,
  tick: VerdictTick,
): VerdictState {
  if (state.version !== 1) {
    throw inputError(
      `The verdict's state has version ${state.version}, and this code reads version 1: begin a new state.`,
    );
  }
  const { canary, stable } = tick;
  checkCounts(canary, 'canary');
  checkCounts(stable, 'stable');
  const { errorTolerance, latencyTolerance, designEffect } = state.settings;
  const silent = (before: number, { requests }: VerdictCounts) =>
    requests > 0 ? 0 : before + 1;
  return {
    ...state,
    canary: addCounts(state.canary, canary),
    stable: addCounts(state.stable, stable),
    ticks: state.ticks + 1,
    silentTicks: {
      canary: silent(state.silentTicks.canary, canary),
      stable: silent(state.silentTicks.stable, stable),
    },
    tests: {
      errors: foldMetric(
        state.tests.errors,
        {
          canaryTotal: canary.requests,
          canaryBad: canary.errors,
          stableTotal: stable.requests,
          stableBad: stable.errors,
        },
        { tolerance: errorTolerance, designEffect },
      ),
      latency: foldMetric(
        state.tests.latency,
        {
          canaryTotal: canary.durations,
          canaryBad: canary.slow,
          stableTotal: stable.durations,
          stableBad: stable.slow,
        },
        { tolerance: latencyTolerance, designEffect },
      ),
    },
  };
}

function addCounts(one: VerdictCounts, other: VerdictCounts): VerdictCounts {
  return {
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    durations: one.durations + other.durations,
    slow: one.slow + other.slow,
  };
}

function checkCounts(counts: VerdictCounts, whose: string): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw inputError(
        `The ${whose} version's count '${name}' is ${value}, and must be a whole number from 0.`,
      );
    }
  }
  const pairs = [
    ['errors', 'requests'],
    ['slow', 'durations'],
  ] as const;
  for (const [part, whole] of pairs) {
    if (!(counts[part] <= counts[whole])) {
      throw inputError(
        `The ${whose} version has ${counts[part]} ${part} of ${counts[whole]} ${whole}: there cannot be more.`,
      );
    }
  }
}
