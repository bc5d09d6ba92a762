import { upperBound } from './bounds';
import {
  addTime,
  createDispersion,
  keepStable,
  estimateDesignEffect,
  type Dispersion,
} from './dispersion';
import { inputError } from './inputError';
import {
  createMetricTest,
  foldMetric,
  guessShare,
  type MetricRules,
  type MetricTest,
} from './metricTest';
import { completeSettings } from './settings';
import { upgradeState } from './upgradeState';
import type {
  VerdictCounts,
  VerdictHistory,
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
  /**
   * Whether rare errors are judged by a smaller tolerance, which they are where
   * the settings said nothing of `errorTolerance`; absent for no.
   */
  isHarmRelative?: boolean;
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

/** From which share of failures, and how many times the stable version's. */
const FAR_WORSE = { share: 0.05, times: 3 };

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
 * The `history` of the stable version, or the state of the stages `before` a
 * watch, tells from the beginning how much failures come together.
 *
 * @public
 */
export function createVerdictState(
  settings: Partial<VerdictSettings> = {},
  options: {
    baseline?: VerdictCounts;
    history?: VerdictHistory;
    before?: VerdictState;
  } = {},
): VerdictState {
  const { baseline, history, before } = options;
  const complete = completeSettings(settings);
  if (baseline) {
    complete.latencyTolerance = Math.max(
      complete.latencyTolerance,
      BASELINE_LATENCY_TOLERANCE,
    );
  }
  if (baseline) checkCounts(baseline, 'baseline');
  const test = (metric: VerdictMetricName, bad: number, total: number) => {
    const known = before && upgradeState(before).tests[metric].dispersion;
    const dispersion = known ? keepStable(known) : createDispersion();
    return createMetricTest({
      dispersion: metric === 'errors' ? learn(dispersion, history) : dispersion,
      baseline:
        baseline && readBaseline(complete, { metric, bad, total, dispersion }),
    });
  };
  const isHarmRelative = !baseline && settings.errorTolerance === undefined;
  return {
    version: 1,
    settings: complete,
    canary: noCounts,
    stable: noCounts,
    ticks: 0,
    silentTicks: { canary: 0, stable: 0 },
    ...(baseline ? { baseline } : {}),
    ...(isHarmRelative ? { isHarmRelative } : {}),
    tests: {
      errors: test('errors', baseline?.errors ?? 0, baseline?.requests ?? 0),
      latency: test('latency', baseline?.slow ?? 0, baseline?.durations ?? 0),
    },
  };
}

/** Learns from times that the stable version served before. */
function learn(dispersion: Dispersion, history?: VerdictHistory): Dispersion {
  if (!history) return dispersion;
  const { steps, ticksPerStep } = history;
  if (!(ticksPerStep > 0)) {
    throw inputError(
      `The history's 'ticksPerStep' is ${ticksPerStep}, and must be a number above 0.`,
    );
  }
  const learned = steps.reduce((known, { requests, errors }) => {
    checkCounts({ ...noCounts, requests, errors }, 'stable');
    const time = {
      stableTotal: requests,
      stableBad: errors,
      canaryTotal: 0,
      canaryBad: 0,
    };
    return addTime(known, time, Math.max(1, ticksPerStep));
  }, dispersion);
  return keepStable(learned);
}

function readBaseline(
  settings: VerdictSettings,
  counted: {
    metric: VerdictMetricName;
    bad: number;
    total: number;
    dispersion: Dispersion;
  },
) {
  const { falseAbortRate } = settings;
  const designEffect = Math.max(
    settings.designEffect,
    estimateDesignEffect(counted.dispersion, { cautious: false }),
  );
  const bad = counted.bad / designEffect;
  const total = counted.total / designEffect;
  const alpha = falseAbortRate * abortShares[counted.metric] * BASELINE_SHARE;
  return {
    share: guessShare(bad, total),
    upper: upperBound(bad, total, alpha),
  };
}

/** A version that fails most of its requests need not fail so many of them. */
export function requestsBeforeAbort({
  canary,
  settings,
}: Pick<VerdictState, 'canary' | 'settings'>): number {
  const { minimumRequests, catastropheRatio, catastropheRequests } = settings;
  return canary.errors >= catastropheRatio * canary.requests
    ? Math.min(minimumRequests, catastropheRequests)
    : minimumRequests;
}

/** Gives the rules that a metric is judged by. */
export function rulesOf(
  state: Omit<VerdictState, 'tests'>,
  metric: VerdictMetricName,
): MetricRules {
  const { settings } = state;
  return {
    tolerance:
      metric === 'errors' ? settings.errorTolerance : settings.latencyTolerance,
    isHarmRelative: metric === 'errors' && Boolean(state.isHarmRelative),
    designEffect: settings.designEffect,
    decides: state.canary.requests >= requestsBeforeAbort(state),
    isFarWorse: metric === 'errors' && isFarWorse(state),
  };
}

/**
 * Tells a version of which so many requests failed, and so many times the share
 * of those of the stable version beside it, that how failures come on the latter
 * alone is no reason to doubt it any more. Of slow requests nothing like that
 * was tried, and a watch has nothing beside the version.
 */
function isFarWorse({
  canary,
  stable,
  baseline,
}: Pick<VerdictState, 'canary' | 'stable' | 'baseline'>): boolean {
  if (baseline || canary.requests === 0 || stable.requests === 0) return false;
  const share = canary.errors / canary.requests;
  const stableShare = stable.errors / stable.requests;
  return share >= FAR_WORSE.share && share >= FAR_WORSE.times * stableShare;
}

/**
 * Adds what was served since the tick before. Ticks may be of any length and
 * size; the stable version's counts mean nothing when there is a baseline.
 *
 * @public
 */
export function foldVerdict(
  stored: VerdictState,
  tick: VerdictTick,
): VerdictState {
  if (stored.version !== 1) {
    throw inputError(
      `The verdict's state has version ${stored.version}, and this code reads version 1: begin a new state.`,
    );
  }
  const { canary, stable } = tick;
  checkCounts(canary, 'canary');
  checkCounts(stable, 'stable');
  const state = upgradeState(stored);
  const silent = (before: number, { requests }: VerdictCounts) =>
    requests > 0 ? 0 : before + 1;
  const after: VerdictState = {
    ...state,
    canary: addCounts(state.canary, canary),
    stable: addCounts(state.stable, stable),
    ticks: state.ticks + 1,
    silentTicks: {
      canary: silent(state.silentTicks.canary, canary),
      stable: silent(state.silentTicks.stable, stable),
    },
  };
  return { ...after, tests: foldTests(after, tick) };
}

function foldTests(
  state: VerdictState,
  { canary, stable }: VerdictTick,
): VerdictState['tests'] {
  const { errors, latency } = state.tests;
  return {
    errors: foldMetric(
      errors,
      {
        canaryTotal: canary.requests,
        canaryBad: canary.errors,
        stableTotal: stable.requests,
        stableBad: stable.errors,
      },
      rulesOf(state, 'errors'),
    ),
    latency: foldMetric(
      latency,
      {
        canaryTotal: canary.durations,
        canaryBad: canary.slow,
        stableTotal: stable.durations,
        stableBad: stable.slow,
      },
      rulesOf(state, 'latency'),
    ),
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
