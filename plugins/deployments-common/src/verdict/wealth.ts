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
 */
export interface Wealth {
  /** Natural logarithm of the wealth in each alternative. */
  logBets: number[];
  /** Blocks that were bet on. */
  blocks: number;
  /** Natural logarithm of the highest total so far. */
  logPeak: number;
}

/** Of the wealth, what bets from the first block on. */
const AT_ONCE = 0.88;
/** In blocks; half of the reserve has been put in after so many. */
const RESERVE_BLOCKS = 60;
/** Stands for nothing at all: JSON has no -Infinity. */
const NOTHING = -1e6;

export function createWealth(alternatives: number): Wealth {
  return {
    logBets: new Array<number>(alternatives).fill(NOTHING),
    blocks: 0,
    logPeak: 0,
  };
}

/** Bets on one block; `evidence` gives ln S of an alternative. */
export function bet(
  wealth: Wealth,
  logShares: readonly number[],
  evidence: (alternative: number) => number,
): Wealth {
  const logAdded = Math.log(
    reserveAfter(wealth.blocks) - reserveAfter(wealth.blocks + 1),
  );
  const logBets = wealth.logBets.map((log, index) =>
    Math.max(
      NOTHING,
      logSum(log, logAdded + logShares[index]) + evidence(index),
    ),
  );
  const after = { logBets, blocks: wealth.blocks + 1, logPeak: wealth.logPeak };
  after.logPeak = Math.max(after.logPeak, logTotal(after));
  return after;
}

/** Gives ln of the whole wealth. */
export function logTotal(wealth: Wealth): number {
  const parts = [...wealth.logBets];
  const reserve = reserveAfter(wealth.blocks);
  parts.push(Math.log(reserve));
  const most = Math.max(...parts);
  return (
    most + Math.log(parts.reduce((sum, part) => sum + Math.exp(part - most), 0))
  );
}

function reserveAfter(blocks: number): number {
  if (blocks === 0) return 1;
  return ((1 - AT_ONCE) * RESERVE_BLOCKS) / (blocks - 1 + RESERVE_BLOCKS);
}

function logSum(one: number, other: number): number {
  const most = Math.max(one, other);
  return most + Math.log1p(Math.exp(Math.min(one, other) - most));
}
