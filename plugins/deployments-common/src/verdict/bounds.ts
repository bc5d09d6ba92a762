/**
 * Confidence bounds of a share that hold at every time together.
 *
 * For any one number l, exp(l x - sum of ln(1 + p_i (e^l - 1))) is a martingale
 * that begins at 1, x being the bad requests and p_i their probabilities. The
 * logarithm is concave, so putting the mean p for each p_i only makes it
 * smaller. By Ville's inequality l x - n ln(1 + p (e^l - 1)) stays below
 * ln(1/alpha), which bounds p; each of the numbers below has its part of alpha
 * and the best bound is taken (in the manner of Howard, Ramdas, McAuliffe and
 * Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * arXiv 1810.08240).
 */
const TILTS = [
  0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.4, 0.6, 0.9, 1.3, 1.8, 2.5, 3.5,
];

/** Gives the share above which the mean is not, but for a chance of `alpha`. */
export function upperBound(bad: number, total: number, alpha: number): number {
  if (total === 0) return 1;
  const bounds = TILTS.map(tilt => boundOf(-tilt, bad, total, alpha));
  return Math.min(1, ...bounds);
}

/** Gives the share below which the mean is not, but for a chance of `alpha`. */
export function lowerBound(bad: number, total: number, alpha: number): number {
  if (total === 0) return 0;
  const bounds = TILTS.map(tilt => boundOf(tilt, bad, total, alpha));
  return Math.max(0, ...bounds);
}

function boundOf(tilt: number, bad: number, total: number, alpha: number) {
  const limit = Math.log(TILTS.length / alpha);
  return Math.expm1((tilt * bad - limit) / total) / Math.expm1(tilt);
}
