/**
 * The evidence of all blocks together, as the wealth of somebody who bets on an
 * alternative with fair or unfavorable odds (Ramdas, Gruenwald, Vovk and Shafer,
 * "Game-theoretic statistics and safe anytime-valid inference", arXiv
 * 2210.01948).
 *
 * Nobody knows how much worse a bad version is, or when it turns bad. So the
 * wealth, 1 at first, is divided among several alternatives and several
 * beginnings: most of it bets from the first block on, the rest is a reserve
 * that goes into the bets little by little. Each part multiplies by the S of its
 * alternative; S <= 1 in expectation under the hypothesis, whatever happened
 * before, and the division is fixed in advance. So the total is a
 * supermartingale that begins at 1, and by Ville's inequality it ever reaches
 * 1/alpha with a probability of at most alpha, however often one looks.
 *
 * The reserve also limits what is lost when a bet was wrong: a version that was
 * good for an hour, or an outage of both, does not silence the test for good.
 *
 * All this is done for several design effects d beside each other, with the S of
 * each block to the power of 1/d. That stays fair when the requests of a block
 * come in clusters of up to d that depend on each other in any way: by Hoelder's
 * inequality E[prod S_i^(1/d)] <= prod E[S_i]^(1/d) <= 1. Which of them decides
 * is chosen later, when more is known of how failures come (`dispersion.ts`).
 */
export interface Wealth {
  /**
   * Natural logarithm of the wealth in each alternative, all of the first
   * design effect before those of the second.
   */
  logBets: number[];
  /** Blocks that were bet on. */
  blocks: number;
  /** Natural logarithm of the highest total that was ever decided by. */
  logPeak: number;
}

/** For which it is bet; multiplied by the setting `designEffect`. */
const DESIGN_EFFECTS = [
  1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8, 11, 16, 24, 40, 64,
];
/** Of an estimate, what is as good as that: it is no more precise. */
const NEAR = 0.88;

/** Of the wealth, what bets from the first block on. */
const AT_ONCE = 0.88;
/** In blocks; half of the reserve has been put in after so many. */
const RESERVE_BLOCKS = 60;
/** Stands for nothing at all: JSON has no -Infinity. */
const NOTHING = -1e6;

export function createWealth(alternatives: number): Wealth {
  return {
    logBets: new Array<number>(alternatives * DESIGN_EFFECTS.length).fill(
      NOTHING,
    ),
    blocks: 0,
    logPeak: 0,
  };
}

/**
 * Bets on one block; `evidence` gives ln S of an alternative for independent
 * requests, or for clusters of the setting `designEffect`.
 */
export function bet(
  wealth: Wealth,
  logShares: readonly number[],
  evidence: (alternative: number) => number,
): Wealth {
  const logAdded = Math.log(
    reserveAfter(wealth.blocks) - reserveAfter(wealth.blocks + 1),
  );
  const alternatives = logShares.length;
  const logEvidence = logShares.map((_, alternative) => evidence(alternative));
  const logBets = wealth.logBets.map((log, index) => {
    const alternative = index % alternatives;
    const designEffect = DESIGN_EFFECTS[(index - alternative) / alternatives];
    return Math.max(
      NOTHING,
      logSum(log, logAdded + logShares[alternative]) +
        logEvidence[alternative] / designEffect,
    );
  });
  return { ...wealth, logBets, blocks: wealth.blocks + 1 };
}

/** Keeps what was decided by as the peak, if it is one. */
export function withPeak(wealth: Wealth, designEffect: number): Wealth {
  const logPeak = Math.max(wealth.logPeak, logTotal(wealth, designEffect));
  return { ...wealth, logPeak };
}

/** Gives ln of the whole wealth of the nearest design effect that is bet for. */
export function logTotal(wealth: Wealth, designEffect: number): number {
  const alternatives = wealth.logBets.length / DESIGN_EFFECTS.length;
  const from = gridIndex(designEffect) * alternatives;
  const reserve = Math.log(reserveAfter(wealth.blocks));
  return wealth.logBets
    .slice(from, from + alternatives)
    .reduce(logSum, reserve);
}

/** Gives the design effect that decides where another one was estimated. */
export function nearestDesignEffect(designEffect: number): number {
  return DESIGN_EFFECTS[gridIndex(designEffect)];
}

function gridIndex(designEffect: number): number {
  const index = DESIGN_EFFECTS.findIndex(d => d >= designEffect * NEAR);
  return index < 0 ? DESIGN_EFFECTS.length - 1 : index;
}

function reserveAfter(blocks: number): number {
  if (blocks === 0) return 1;
  return ((1 - AT_ONCE) * RESERVE_BLOCKS) / (blocks - 1 + RESERVE_BLOCKS);
}

function logSum(one: number, other: number): number {
  const most = Math.max(one, other);
  return most + Math.log1p(Math.exp(Math.min(one, other) - most));
}
