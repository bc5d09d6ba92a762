/**
 * The evidence of one block of requests about the difference of two shares.
 *
 * In a block the stable version serves `stableTotal` requests, each bad with an
 * unknown probability a, and the canary `canaryTotal`, each bad with b. The
 * hypothesis to be refuted is a region of (a, b):
 *
 * - harm is shown by refuting b <= a + tolerance,
 * - goodness is shown by refuting b >= a + tolerance.
 *
 * Take any alternative (p, q) outside the region, chosen before the block is
 * seen, and let (a*, b*) be the point of the region nearest to it, in the sense
 * that it minimizes n_a KL(p||a) + n_b KL(q||b). The evidence is the likelihood
 * of the block under (p, q) over that under (a*, b*):
 *
 *   S = (p/a*)^x_a ((1-p)/(1-a*))^(n_a-x_a) (q/b*)^x_b ((1-q)/(1-b*))^(n_b-x_b)
 *
 * **E[S] <= 1 for every (a, b) of the region**, not just at (a*, b*):
 * E[S] = A(a)^n_a B(b)^n_b with A(a) = a p/a* + (1-a)(1-p)/(1-a*) and B alike,
 * both linear. So ln E[S] is concave in (a, b). It is 0 at (a*, b*), where
 * A = B = 1, and its gradient there is minus that of the divergence that
 * (a*, b*) minimizes; the region is convex, so no direction into it ascends.
 * Hence 0 is the maximum. (Turner and Gruenwald, "Exact anytime-valid confidence
 * intervals for contingency tables and beyond", arXiv 2203.09785, have this
 * "reverse information projection" for differences; Turner, Ly and Gruenwald,
 * arXiv 2106.02693, for equality.)
 *
 * As ln S is linear in the counts, Jensen gives a second property, that the
 * tests hold us to: a block whose *observed* shares lie in the region never has
 * S > 1.
 *
 * The versions are compared within the block only, so a and b may be others in
 * the next one: what hits both versions alike blames neither.
 */
export interface Block {
  canaryTotal: number;
  canaryBad: number;
  stableTotal: number;
  stableBad: number;
}

/** An alternative: the shares of bad requests that the evidence bets on. */
export interface Alternative {
  stable: number;
  canary: number;
}

const SMALLEST = 1e-12;
const largest = (tolerance: number) => 1 - SMALLEST - tolerance;

/**
 * Gives ln S for a block against b = a + tolerance, the border of both regions;
 * 0 when a version served nothing or no share can lie beyond the border.
 */
export function logEvidence(
  block: Block,
  alternative: Alternative,
  tolerance: number,
): number {
  const { canaryTotal, canaryBad, stableTotal, stableBad } = block;
  if (canaryTotal <= 0 || stableTotal <= 0) return 0;
  const p = alternative.stable;
  const q = alternative.canary;
  if (p > largest(tolerance)) return 0;
  const a = nearestOnBorder(stableTotal, canaryTotal, alternative, tolerance);
  return (
    logRatio(stableTotal, stableBad, p, a) +
    logRatio(canaryTotal, canaryBad, q, a + tolerance)
  );
}

/**
 * Gives the ln of a likelihood ratio of `bad` in `total`; against a fixed share
 * as the only hypothesis it is itself evidence, valid for every share on the
 * other side of `against`.
 */
export function logRatio(
  total: number,
  bad: number,
  share: number,
  against: number,
): number {
  let log = 0;
  if (bad > 0) log += bad * Math.log(share / against);
  if (total > bad) log += (total - bad) * Math.log((1 - share) / (1 - against));
  return log;
}

/**
 * Finds a* by Newton's method, kept within a bracket. The divergence is convex
 * along the border, so its derivative has one root, which lies between the
 * alternative's `stable` and its `canary - tolerance`.
 */
export function nearestOnBorder(
  stableTotal: number,
  canaryTotal: number,
  { stable: p, canary: q }: Alternative,
  tolerance: number,
): number {
  const other = q - tolerance;
  let low = Math.max(SMALLEST, Math.min(p, other));
  let high = Math.min(largest(tolerance), Math.max(p, other));
  const weight = stableTotal / (stableTotal + canaryTotal);
  let a = Math.min(high, Math.max(low, weight * p + (1 - weight) * other));
  for (let step = 0; step < 80; step += 1) {
    const b = a + tolerance;
    const slope =
      weight * ((1 - p) / (1 - a) - p / a) +
      (1 - weight) * ((1 - q) / (1 - b) - q / b);
    const curvature =
      weight * ((1 - p) / (1 - a) ** 2 + p / a ** 2) +
      (1 - weight) * ((1 - q) / (1 - b) ** 2 + q / b ** 2);
    if (slope > 0) high = a;
    else low = a;
    let next = a - slope / curvature;
    if (!(next > low && next < high)) next = (low + high) / 2;
    // The error of the next step is about the square of this one.
    if (Math.abs(next - a) <= 1e-9 * a) return next;
    a = next;
  }
  return a;
}
