import {
  addBlocks,
  addTime,
  boundDesignEffect,
  createDispersion,
  estimateDesignEffect,
  type Dispersion,
} from './dispersion';
import { logEvidence, logRatio, type Block } from './eVariable';
import {
  bet,
  createWealth,
  nearestDesignEffect,
  withPeak,
  type Wealth,
} from './wealth';

/**
 * What is remembered of one metric between ticks: plain JSON, and no more than a
 * few numbers, however long the rollout takes.
 */
export interface MetricTest {
  /** Ticks in which only one version served wait for the other one here. */
  pending: Block;
  /** What the stable version served, the older the less: what is bet on. */
  recent: { total: number; bad: number };
  /** How much failures come together; known before the rollout, too. */
  dispersion: Dispersion;
  /** Bets that the canary is worse than tolerated, and that it is not. */
  harm: Wealth;
  good: Wealth;
  /**
   * Of a baseline, which takes the stable version's place: the share it had and
   * the upper confidence bound of that. Harm is shown by comparison with the
   * bound, goodness by comparison with the share as it was seen.
   */
  baseline?: { share: number; upper: number };
}

/**
 * How much worse a bad version may be, as factors of the odds of the worst
 * tolerated share, and how much is bet on each. Most is on those for which time
 * counts; a version that fails everything is noticed with any of them. Chosen by
 * simulation, on other seeds than those of `benchmarks/verdict`.
 */
const HARMS = [
  { odds: 1.5, share: 0.12 },
  { odds: 2.4, share: 0.28 },
  { odds: 4, share: 0.36 },
  { odds: 8, share: 0.17 },
  { odds: 40, share: 0.07 },
];

/**
 * How good a good version may be: as the stable one mostly, or between that and
 * the worst tolerated (`toward` 1), or better.
 */
const GOODS = [
  { toward: 0.45, times: 1, share: 0.2 },
  { toward: 0, times: 1, share: 0.6 },
  { toward: 0, times: 0.4, share: 0.2 },
];

const harmLogShares = HARMS.map(({ share }) => Math.log(share));
const goodLogShares = GOODS.map(({ share }) => Math.log(share));

/** Weight that a tick keeps in what is bet on, a tick later. */
const MEMORY = 0.995;
/** The guess of the stable version's share before it is known. */
const GUESS = { total: 30, bad: 0.3 };

const NO_BLOCK: Block = {
  canaryTotal: 0,
  canaryBad: 0,
  stableTotal: 0,
  stableBad: 0,
};

export function createMetricTest(
  options: {
    baseline?: MetricTest['baseline'];
    dispersion?: Dispersion;
  } = {},
): MetricTest {
  const { baseline, dispersion = createDispersion() } = options;
  return {
    pending: NO_BLOCK,
    recent: { total: 0, bad: 0 },
    dispersion,
    harm: createWealth(HARMS.length),
    good: createWealth(GOODS.length),
    ...(baseline ? { baseline } : {}),
  };
}

/** How a metric is judged. */
export interface MetricRules {
  /** By how much the canary may be worse and be promoted. */
  tolerance: number;
  /** By how much it may be worse and not be aborted; see `harmTolerance`. */
  isHarmRelative: boolean;
  /** The least one; what is estimated is taken when it is more. */
  designEffect: number;
  /** Whether there were enough requests to decide by. */
  decides: boolean;
  /** Whether it fails so much more that it is doubted less; see `isFarWorse`. */
  isFarWorse: boolean;
}

/** Where the stable version fails no more than that, so much more is tolerated. */
const LEAST_TOLERANCE = 0.001;
/** Of the stable version's share, what is tolerated more. */
const RELATIVE_TOLERANCE = 0.25;

/**
 * Gives by how much the canary may be worse and not be aborted: a quarter of
 * what fails anyway, at least 0.1 percentage points and at most the tolerance.
 * One that fails ten times as often is noticed so, however little that is.
 */
export function harmTolerance(
  stableShare: number,
  rules: Pick<MetricRules, 'tolerance' | 'isHarmRelative'>,
): number {
  if (!rules.isHarmRelative) return rules.tolerance;
  const relative = Math.max(LEAST_TOLERANCE, stableShare * RELATIVE_TOLERANCE);
  return Math.min(rules.tolerance, relative);
}

/** Gives the design effects that an abort and a promotion are decided by. */
export function designEffectsOf(
  { dispersion }: Pick<MetricTest, 'dispersion'>,
  rules: Pick<MetricRules, 'designEffect' | 'isFarWorse'>,
): { harm: number; good: number } {
  const estimate = (cautious: boolean) =>
    estimateDesignEffect(dispersion, { cautious });
  const bound = rules.isFarWorse ? boundDesignEffect(dispersion) : Infinity;
  // Relative to the least one, as the bets are.
  const nearest = (designEffect: number) =>
    nearestDesignEffect(designEffect / rules.designEffect);
  return {
    harm: nearest(Math.min(estimate(true), bound)),
    good: nearest(estimate(false)),
  };
}

/**
 * Adds a tick. A tick in which one version served nothing compares nothing, so
 * it is put together with the ones after it until both did.
 */
export function foldMetric(
  test: MetricTest,
  tick: Block,
  rules: MetricRules,
): MetricTest {
  const learned = {
    ...test,
    dispersion: addTime(test.dispersion, shown(test, tick)),
  };
  const block = addBlocks(test.pending, tick);
  const whole = test.baseline
    ? block.canaryTotal > 0
    : block.canaryTotal > 0 && block.stableTotal > 0;
  if (!whole) return { ...learned, pending: block };
  return {
    ...decideBy(betOn(learned, block, rules), rules),
    pending: NO_BLOCK,
    recent: {
      total: test.recent.total * MEMORY + block.stableTotal,
      bad: test.recent.bad * MEMORY + block.stableBad,
    },
  };
}

/** When nothing runs beside it, only the canary shows how failures come. */
function shown({ baseline }: MetricTest, tick: Block): Block {
  return baseline
    ? { ...NO_BLOCK, stableTotal: tick.canaryTotal, stableBad: tick.canaryBad }
    : tick;
}

function decideBy(test: MetricTest, rules: MetricRules): MetricTest {
  if (!rules.decides) return test;
  const { harm, good } = designEffectsOf(test, rules);
  return {
    ...test,
    harm: withPeak(test.harm, harm),
    good: withPeak(test.good, good),
  };
}

function betOn(test: MetricTest, block: Block, rules: MetricRules): MetricTest {
  const { baseline, recent } = test;
  // The alternatives must not know the block that they bet on.
  if (!baseline && recent.total === 0) return test;
  const stable = baseline
    ? baseline.share
    : guessShare(recent.bad, recent.total);
  const evidence = (canary: number, border: number, tolerance: number) => {
    if (border >= 1) return 0;
    const log = baseline
      ? logRatio(block.canaryTotal, block.canaryBad, canary, border)
      : logEvidence(block, { stable, canary }, tolerance);
    return log / rules.designEffect;
  };
  const tolerated = harmTolerance(stable, rules);
  const harmBorder = (baseline ? baseline.upper : stable) + tolerated;
  const goodBorder = stable + rules.tolerance;
  return {
    ...test,
    harm: bet(test.harm, harmLogShares, index => {
      const canary = multiplyOdds(harmBorder, HARMS[index].odds);
      return evidence(canary, harmBorder, tolerated);
    }),
    good: bet(test.good, goodLogShares, index => {
      const { toward, times } = GOODS[index];
      const best = stable * times;
      const canary = best + (goodBorder - best) * toward;
      return canary < goodBorder
        ? evidence(canary, goodBorder, rules.tolerance)
        : 0;
    }),
  };
}

/** Estimates a share so that it is never 0 or 1. */
export function guessShare(bad: number, total: number): number {
  return (bad + GUESS.bad) / (total + GUESS.total);
}

function multiplyOdds(share: number, factor: number): number {
  const odds = (share / (1 - share)) * factor;
  return odds / (1 + odds);
}
