import type { Block } from './eVariable';

/**
 * Estimates how much failures come together, from the counts of the ticks alone.
 *
 * If every request fails for itself, the count of a time varies by n p (1 - p).
 * Retries, one user who fails again and again, or a dependency that hiccups make
 * it vary more: d times as much when they come in clusters of d. This factor,
 * the design effect, is measured by comparing each time with its neighbor, for
 * times of 1, 2, 4 and so on up to 128 ticks, so that a slow drift counts
 * little and what lasts for minutes is seen too. Of each length the squares of
 * the differences and what they would be for independent requests are summed
 * up; the quotient of the sums is Pearson's dispersion, weighted by the failures.
 *
 * Most is learned from the stable version, which serves most, and also before
 * the rollout. But what hits both versions alike varies its counts as well,
 * though it tells nothing against either. So the new version is compared with
 * the stable one in the same two times: given its failures in both, the stable
 * version's shares say how they should be divided. Where they are divided so,
 * the dispersion of the stable version is no reason to doubt.
 *
 * All of this is estimated and nothing proved; the benchmark simulates it.
 */
export type Dispersion = DispersionScale[];

/** What was learned from times of one length. */
export interface DispersionScale {
  /** Waits for its neighbor. */
  half?: Block;
  stable: Sums;
  /** The new version's, given the stable one's. */
  canary: Sums;
  /** The new version's by itself; absent in states that were stored before. */
  alone?: Sums;
}

/** Squares, what is expected of them, and the variance of that. */
type Sums = readonly [squares: number, expected: number, variance: number];

/** Times of 1 to 128 ticks. */
const SCALES = 8;
/** Above that nothing would be decided any more. */
const MOST = 64;

/** Of what exceeds 1, so many standard errors may be chance... */
const CHANCE = 1.5;
/** ...and the rest is taken so many times, as a measure is low half the time. */
const SAFETY = 1.8;
/** Degrees of freedom that count for as much as the guess made before. */
const GUESS_WEIGHT = 1.5;
/** The guess of the design effect before anything is known. */
const GUESS = 2;
/** Upper bounds lie so many standard errors above a measure. */
const UPPER = 4;
/** So many failures of the stable version are taken to come at its mean share. */
const LIKE_MEAN = 3;
/** Fewer degrees of freedom say nothing about other lengths of time. */
const ENOUGH = 10;
/** So many failures may always be one, however evenly they come. */
const FEWEST_TOGETHER = 8;

const NOTHING: Sums = [0, 0, 0];

export function createDispersion(): Dispersion {
  return Array.from({ length: SCALES }, () => ({
    stable: NOTHING,
    canary: NOTHING,
  }));
}

/**
 * Adds what was served in a tick, or in a time that is as long as some of them;
 * only neighbors of one length must follow each other.
 */
export function addTime(
  dispersion: Dispersion,
  time: Block,
  ticks = 1,
): Dispersion {
  const after = [...dispersion];
  let block = time;
  const first = Math.min(SCALES - 1, Math.round(Math.log2(ticks)));
  for (let scale = first; scale < SCALES; scale += 1) {
    const { half, ...known } = after[scale];
    if (!half) {
      after[scale] = { half: block, ...known };
      return after;
    }
    after[scale] = {
      stable: add(known.stable, compareShares(stableOf(half), stableOf(block))),
      canary: add(known.canary, compareCanary(half, block)),
      alone: add(
        known.alone ?? NOTHING,
        compareShares(canaryOf(half), canaryOf(block)),
      ),
    };
    block = addBlocks(half, block);
  }
  return after;
}

/**
 * Keeps what the stable version told, for times that do not follow the last one
 * and versions that nothing runs beside: what hit both versions is to be doubted
 * there.
 */
export function keepStable(dispersion: Dispersion): Dispersion {
  return dispersion.map(({ stable }) => ({ stable, canary: NOTHING }));
}

/**
 * Gives the design effect, at least 1. While little is known it is `cautious`
 * by being nearer to 2.
 */
export function estimateDesignEffect(
  dispersion: Dispersion,
  { cautious }: { cautious: boolean },
): number {
  let most = 0;
  let freedom = 0;
  let unshared = 1;
  for (const { stable, canary } of dispersion) {
    const all = add(stable, canary);
    if (!(all[1] > 0)) continue;
    const known = freedomOf(all);
    freedom = Math.max(freedom, known);
    const excess = all[0] / all[1] - 1;
    let taken = takenExcess(all) * unshared;
    if (canary[1] > 0) {
      const bound = upperExcess(canary);
      // What explains the short times is taken to explain the longer ones.
      if (freedomOf(canary) >= ENOUGH && excess > 0.5) {
        unshared = Math.min(unshared, bound / (excess * SAFETY));
      }
      taken = Math.min(taken, bound);
    }
    most = Math.max(most, taken);
  }
  const unknown = GUESS_WEIGHT / (freedom + GUESS_WEIGHT);
  return Math.min(MOST, 1 + most + (cautious ? unknown * (GUESS - 1) : 0));
}

/**
 * Bounds the design effect by how evenly the new version itself fails, for a
 * version that fails far more than the stable one: bursts of errors that only
 * the stable version gets, and anybody can send it, are no reason to doubt then.
 *
 * What lasts for longer than half of the time that the new version has been seen
 * looks even in it, as a few users do who fail again and again. By how much the
 * stable version's dispersion grows from that length of time to longer ones is
 * added therefore; that of brief bursts is as great in both.
 */
export function boundDesignEffect(dispersion: Dispersion): number {
  let seen: DispersionScale | undefined;
  let freedom = 0;
  let own = FEWEST_TOGETHER - 1;
  let longer = 0;
  for (const scale of dispersion) {
    const { alone = NOTHING, stable } = scale;
    if (alone[1] > 0) {
      seen = scale;
      longer = 0;
      freedom = Math.max(freedom, freedomOf(alone));
      own = Math.max(own, upperExcess(alone));
    } else if (seen) {
      const grown = takenExcess(stable) - takenExcess(seen.stable);
      longer = Math.max(longer, grown);
    }
  }
  return freedom >= ENOUGH ? Math.min(MOST, 1 + own + longer) : MOST;
}

/** What is taken of the excess over 1, that of which may be chance left out. */
function takenExcess(sums: Sums): number {
  if (!(sums[1] > 0)) return 0;
  const known = freedomOf(sums);
  const excess = sums[0] / sums[1] - 1;
  const sure = Math.max(0, excess - CHANCE * Math.sqrt(2 / known));
  return sure * SAFETY * (known / (known + GUESS_WEIGHT));
}

/** How much the new version's own dispersion may exceed 1. */
function upperExcess(canary: Sums): number {
  const measured = (canary[0] + 1) / (canary[1] + 1);
  const error = Math.sqrt(2 / freedomOf(canary));
  return Math.max(0, measured * (1 + UPPER * error) - 1);
}

function freedomOf([, expected, variance]: Sums): number {
  return (2 * expected ** 2) / variance;
}

function add(one: Sums, other: Sums): Sums {
  return [one[0] + other[0], one[1] + other[1], one[2] + other[2]];
}

/** The fourth moment of a difference of small counts is that of Poisson's. */
function toSums(square: number, expected: number): Sums {
  return [square, expected, 2 * expected ** 2 + expected / 4];
}

/** What one version served in a time. */
interface Served {
  total: number;
  bad: number;
}

function stableOf({ stableTotal, stableBad }: Block): Served {
  return { total: stableTotal, bad: stableBad };
}

function canaryOf({ canaryTotal, canaryBad }: Block): Served {
  return { total: canaryTotal, bad: canaryBad };
}

/** Compares the shares of two times, each known from the other's too. */
function compareShares(one: Served, other: Served): Sums {
  const total = one.total + other.total;
  if (one.total === 0 || other.total === 0) return NOTHING;
  const weight = (one.total * other.total) / total;
  const share = (one.bad + other.bad) / total;
  const difference = one.bad / one.total - other.bad / other.total;
  return toSums(
    (difference * weight) ** 2,
    share * (1 - share) * (total / (total - 1)) * weight,
  );
}

/** Compares how the new version's failures are divided with how they should be. */
function compareCanary(one: Block, other: Block): Sums {
  const bad = one.canaryBad + other.canaryBad;
  const served = [one, other].every(
    ({ canaryTotal, stableTotal }) => canaryTotal > 0 && stableTotal > 0,
  );
  if (!served || bad === 0) return NOTHING;
  const mean =
    (one.stableBad + other.stableBad + 0.5) /
    (one.stableTotal + other.stableTotal + 50);
  const weightOf = ({ canaryTotal, stableBad, stableTotal }: Block) =>
    (canaryTotal * (stableBad + LIKE_MEAN)) / (stableTotal * mean + LIKE_MEAN);
  const part = weightOf(one) / (weightOf(one) + weightOf(other));
  // The stable version's failures vary by chance, and the weights with them.
  const noiseOf = ({ stableTotal }: Block) =>
    (stableTotal * mean) / (stableTotal * mean + LIKE_MEAN) ** 2;
  const noise =
    (bad * part * (1 - part)) ** 2 * (noiseOf(one) + noiseOf(other));
  const share = bad / (one.canaryTotal + other.canaryTotal);
  return toSums(
    (one.canaryBad - bad * part) ** 2,
    // Never nothing, where every request failed.
    noise + bad * part * (1 - part) * Math.max(0.001, 1 - share),
  );
}

/** Puts two blocks together. */
export function addBlocks(one: Block, other: Block): Block {
  return {
    canaryTotal: one.canaryTotal + other.canaryTotal,
    canaryBad: one.canaryBad + other.canaryBad,
    stableTotal: one.stableTotal + other.stableTotal,
    stableBad: one.stableBad + other.stableBad,
  };
}
