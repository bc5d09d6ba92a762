import { mean, probit } from 'simple-statistics';

const CONFIDENCE = 0.98;
const TOLERANCE = 0.25;
const ALLOWED_INCREASE = 1;

/**
 * Tells whether Kayenta's judge would class the canary's values as high: the
 * lower end of the confidence interval of the shift lies above a quarter of its
 * estimate, and the mean has grown.
 */
export function isHighByMannWhitney(
  canary: number[],
  stable: number[],
): boolean {
  const quantile = -probit((1 - CONFIDENCE) / 2);
  // The interval lies above 0 only when the test without a shift is beyond it.
  if (!(standardized(canary, stable, 0) > quantile)) return false;
  const least = Math.min(...canary) - Math.max(...stable);
  const most = Math.max(...canary) - Math.min(...stable);
  const shiftWhere = (value: number) => {
    let low = least;
    let high = most;
    for (let step = 0; step < 40; step += 1) {
      const middle = (low + high) / 2;
      if (standardized(canary, stable, middle) > value) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  const lower = shiftWhere(quantile);
  const estimate = shiftWhere(0);
  const ratio = mean(canary) / mean(stable);
  return lower > TOLERANCE * Math.abs(estimate) && !(ratio < ALLOWED_INCREASE);
}

/** The rank sum as a standard normal variable, corrected for ties and for being discrete. */
function standardized(x: number[], y: number[], shift: number): number {
  const all = [
    ...x.map(value => ({ value: value - shift, isX: true })),
    ...y.map(value => ({ value, isX: false })),
  ].sort((one, other) => one.value - other.value);
  let rankSum = 0;
  let ties = 0;
  for (let start = 0; start < all.length;) {
    let end = start;
    while (end < all.length && all[end].value === all[start].value) end += 1;
    const rank = (start + 1 + end) / 2;
    for (const { isX } of all.slice(start, end)) if (isX) rankSum += rank;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  const [n, m] = [x.length, y.length];
  const difference = rankSum - (n * (n + 1)) / 2 - (n * m) / 2;
  const sigma = Math.sqrt(
    ((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1))),
  );
  if (sigma === 0) return 0;
  return (difference - Math.sign(difference) * 0.5) / sigma;
}
