/**
 * Confidence bounds of a share that hold at every time together.
 *
 * For any one number l, the process exp(l x - sum of ln(1 + p_i (e^l - 1))) of
 * bad requests x with probabilities p_i is a martingale that begins at 1; as the
 * logarithm is concave, replacing the p_i by their mean only makes it smaller.
 * So does the average over the fixed numbers below, and Ville's inequality makes
 * a bound of it: the mean shares at which the average reaches 1/alpha are out
 * (the construction of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform,
 * nonparametric, nonasymptotic confidence sequences", arXiv 1810.08240).
 */
const TILTS = [
  0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.4, 0.6, 0.9, 1.3, 1.8, 2.5, 3.5,
];

/** Gives the share above which the mean is not, but for a chance of `alpha`. */
export function upperBound(bad: number, total: number, alpha: number): number {
  if (total === 0) return 1;
  return solve(bad, total, alpha, -1);
}

/** Gives the share below which the mean is not, but for a chance of `alpha`. */
export function lowerBound(bad: number, total: number, alpha: number): number {
  if (total === 0 || bad === 0) return 0;
  return solve(bad, total, alpha, 1);
}

function solve(
  bad: number,
  total: number,
  alpha: number,
  direction: 1 | -1,
): number {
  const limit = Math.log(TILTS.length / alpha);
  const excluded = (share: number) =>
    logSumOfTilts(bad, total, share, direction) >= limit;
  let inside = bad / total;
  let outside = direction > 0 ? 0 : 1;
  if (!excluded(outside)) return outside;
  for (let step = 0; step < 40; step += 1) {
    const middle = (inside + outside) / 2;
    if (excluded(middle)) outside = middle;
    else inside = middle;
  }
  return outside;
}

function logSumOfTilts(
  bad: number,
  total: number,
  share: number,
  direction: 1 | -1,
): number {
  const logs = TILTS.map(tilt => {
    const signed = direction * tilt;
    return signed * bad - total * Math.log1p(share * Math.expm1(signed));
  });
  const most = Math.max(...logs);
  return (
    most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0))
  );
}
