import { logEvidence, logRatio, type Block } from './eVariable';
import { bet, createWealth, type Wealth } from './wealth';

/**
 * What is remembered of one metric between ticks: plain JSON, and no more than a
 * few numbers, however long the rollout takes.
 */
export interface MetricTest {
  /** Ticks in which only one version served wait for the other one here. */
  pending: Block;
  /** What the stable version served, the older the less: what is bet on. */
  recent: { total: number; bad: number };
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
  baseline?: MetricTest['baseline'],
): MetricTest {
  return {
    pending: NO_BLOCK,
    recent: { total: 0, bad: 0 },
    harm: createWealth(HARMS.length),
    good: createWealth(GOODS.length),
    ...(baseline ? { baseline } : {}),
  };
}

/**
 * Adds a tick. A tick in which one version served nothing compares nothing, so
 * it is put together with the ones after it until both did.
 */
export function foldMetric(
  test: MetricTest,
  tick: Block,
  options: { tolerance: number; designEffect: number },
): MetricTest {
  const block = addBlocks(test.pending, tick);
  const whole = test.baseline
    ? block.canaryTotal > 0
    : block.canaryTotal > 0 && block.stableTotal > 0;
  if (!whole) return { ...test, pending: block };
  return {
    ...betOn(test, block, options),
    pending: NO_BLOCK,
    recent: {
      total: test.recent.total * MEMORY + block.stableTotal,
      bad: test.recent.bad * MEMORY + block.stableBad,
    },
  };
}

function betOn(
  test: MetricTest,
  block: Block,
  { tolerance, designEffect }: { tolerance: number; designEffect: number },
): MetricTest {
  const { baseline, recent } = test;
  // The alternatives must not know the block that they bet on.
  if (!baseline && recent.total === 0) return test;
  const stable = baseline
    ? baseline.share
    : guessShare(recent.bad, recent.total);
  // Divided by the design effect d, the evidence stays valid when the requests
  // of a tick come in clusters of up to d that depend on each other in any way:
  // by Hoelder's inequality E[prod S_i^(1/d)] <= prod E[S_i]^(1/d) <= 1.
  const evidence = (canary: number, border: number) => {
    if (border >= 1) return 0;
    const log = baseline
      ? logRatio(block.canaryTotal, block.canaryBad, canary, border)
      : logEvidence(block, { stable, canary }, tolerance);
    return log / designEffect;
  };
  const harmBorder = (baseline ? baseline.upper : stable) + tolerance;
  const goodBorder = stable + tolerance;
  return {
    ...test,
    harm: bet(test.harm, harmLogShares, index =>
      evidence(multiplyOdds(harmBorder, HARMS[index].odds), harmBorder),
    ),
    good: bet(test.good, goodLogShares, index => {
      const { toward, times } = GOODS[index];
      const best = stable * times;
      const canary = best + (goodBorder - best) * toward;
      return canary < goodBorder ? evidence(canary, goodBorder) : 0;
    }),
  };
}

/** Estimates a share so that it is never 0 or 1. */
export function guessShare(bad: number, total: number): number {
  return (bad + GUESS.bad) / (total + GUESS.total);
}

function addBlocks(one: Block, other: Block): Block {
  return {
    canaryTotal: one.canaryTotal + other.canaryTotal,
    canaryBad: one.canaryBad + other.canaryBad,
    stableTotal: one.stableTotal + other.stableTotal,
    stableBad: one.stableBad + other.stableBad,
  };
}

function multiplyOdds(share: number, factor: number): number {
  const odds = (share / (1 - share)) * factor;
  return odds / (1 + odds);
}
