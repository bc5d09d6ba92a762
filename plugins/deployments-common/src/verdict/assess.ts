import { lowerBound, upperBound } from './bounds';
import { logEvidence, logRatio } from './eVariable';
import { designEffectsOf, guessShare, harmTolerance } from './metricTest';
import {
  abortShares,
  BASELINE_SHARE,
  rulesOf,
  type VerdictState,
} from './state';
import type { VerdictMetric, VerdictMetricName } from './types';
import { logTotal } from './wealth';

/** How sure the bounds of the difference are; no decision uses them. */
const BOUNDS_ALPHA = 0.05;

/** The canary is thought to be as the stable version until it has served more. */
const LIKE_STABLE = 500;
/** An estimate above says nothing but that it will take long. */
const MOST_NEEDED = 1e6;

/** A metric of a version, and how it was counted. */
export interface AssessedMetric extends VerdictMetric {
  canaryTotal: number;
  canaryBad: number;
  /** Of the stable version, or of the baseline. */
  stableTotal: number;
  stableBad: number;
  tolerance: number;
  /** By how much it may be worse and not be aborted. */
  harmTolerance: number;
  /** The design effect that an abort is decided by. */
  harmDesignEffect: number;
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** Tells how far the evidence about one metric has come. */
export function assessMetric(
  state: VerdictState,
  metric: VerdictMetricName,
): AssessedMetric {
  const counted = countsOf(state, metric);
  const { canaryTotal, canaryBad, stableTotal, stableBad } = counted;
  const ratio = (bad: number, total: number) =>
    total > 0 ? bad / total : undefined;
  const alpha = BOUNDS_ALPHA / 4;
  const { harm, good: d } = designEffects(state, metric);
  const bothKnown = canaryTotal > 0 && stableTotal > 0;
  return {
    metric,
    ...counted,
    ...defined({
      canaryRatio: ratio(canaryBad, canaryTotal),
      stableRatio: ratio(stableBad, stableTotal),
      differenceLow: bothKnown
        ? lowerBound(canaryBad / d, canaryTotal / d, alpha) -
          upperBound(stableBad / d, stableTotal / d, alpha)
        : undefined,
      differenceHigh: bothKnown
        ? upperBound(canaryBad / d, canaryTotal / d, alpha) -
          lowerBound(stableBad / d, stableTotal / d, alpha)
        : undefined,
      requestsNeeded: requestsNeeded(state, metric, counted),
    }),
    harmProgress: harmProgress(state, metric),
    goodProgress: goodProgress(state, metric),
    designEffect: d,
    harmDesignEffect: harm,
  };
}

/** Gives the design effects that are decided by, as people count them. */
function designEffects(state: VerdictState, metric: VerdictMetricName) {
  const rules = rulesOf(state, metric);
  const { harm, good } = designEffectsOf(state.tests[metric], rules);
  const least = rules.designEffect;
  return { harm: harm * least, good: good * least };
}

/** Whether it was worse than may be promoted, be it by chance. */
export function looksWorse(metric: AssessedMetric): boolean {
  return isWorseBy(metric, metric.tolerance);
}

/** Whether all that it served was worse than is aborted, be it by chance. */
export function looksHarmful(metric: AssessedMetric): boolean {
  return isWorseBy(metric, metric.harmTolerance);
}

function isWorseBy(metric: AssessedMetric, tolerance: number): boolean {
  const { canaryRatio = 0, stableRatio = 0 } = metric;
  return canaryRatio > stableRatio + tolerance;
}

/** 1 when the version is worse than tolerated, once and for all. */
function harmProgress(state: VerdictState, metric: VerdictMetricName): number {
  const test = state.tests[metric];
  const alpha =
    state.settings.falseAbortRate *
    abortShares[metric] *
    (test.baseline ? 1 - BASELINE_SHARE : 1);
  const limit = -Math.log(alpha);
  if (test.harm.logPeak >= limit) return 1;
  const { harm } = designEffectsOf(test, rulesOf(state, metric));
  return clamp(logTotal(test.harm, harm) / limit);
}

/** 1 while the evidence says that the version is not worse than tolerated. */
function goodProgress(state: VerdictState, metric: VerdictMetricName): number {
  return clamp(
    logGood(state, metric) / -Math.log(state.settings.falsePromoteRate),
  );
}

function logGood(state: VerdictState, metric: VerdictMetricName): number {
  const test = state.tests[metric];
  const { good } = designEffectsOf(test, rulesOf(state, metric));
  return logTotal(test.good, good);
}

function countsOf(state: VerdictState, metric: VerdictMetricName) {
  const stable = state.baseline ?? state.stable;
  const { canary } = state;
  const [bad, total] =
    metric === 'errors'
      ? (['errors', 'requests'] as const)
      : (['slow', 'durations'] as const);
  const rules = rulesOf(state, metric);
  const stableShare = stable[total] > 0 ? stable[bad] / stable[total] : 0;
  return {
    canaryTotal: canary[total],
    canaryBad: canary[bad],
    stableTotal: stable[total],
    stableBad: stable[bad],
    tolerance: rules.tolerance,
    harmTolerance: harmTolerance(stableShare, rules),
  };
}

/**
 * Estimates how many more requests prove the version good, if it goes on as it
 * was, at the present proportion of traffic. Absent when it looks worse than is
 * tolerated, because then none do.
 */
function requestsNeeded(
  state: VerdictState,
  metric: VerdictMetricName,
  counted: ReturnType<typeof countsOf>,
): number | undefined {
  const { canaryTotal, canaryBad, stableTotal, stableBad, tolerance } = counted;
  const { falsePromoteRate } = state.settings;
  const { baseline } = state.tests[metric];
  const designEffect = designEffects(state, metric).good;
  const missing = -Math.log(falsePromoteRate) - logGood(state, metric);
  if (missing <= 0) return 0;
  const stable = baseline ? baseline.share : guessShare(stableBad, stableTotal);
  const border = stable + tolerance;
  const canary =
    (canaryBad + LIKE_STABLE * stable) / (canaryTotal + LIKE_STABLE);
  if (!(canary < border) || border >= 1) return undefined;
  const perCanary =
    stableTotal > 0 ? stableTotal / Math.max(1, canaryTotal) : 1;
  const gain =
    (baseline
      ? logRatio(1, canary, canary, border)
      : logEvidence(
          {
            canaryTotal: 1,
            canaryBad: canary,
            stableTotal: perCanary,
            stableBad: perCanary * stable,
          },
          { stable, canary },
          tolerance,
        )) / designEffect;
  const needed = Math.ceil(missing / gain);
  return needed <= MOST_NEEDED ? needed : undefined;
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
