const divergence = (p: number, q: number) =>
  p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));

/**
 * Gives ln(1/alpha)/I, the canary requests that a test of level alpha needs on
 * average at least. I is the information of one canary request, with the
 * stable requests that come with it, against the nearest point at which the
 * canary is worse by no more than the tolerance; searched for here in another
 * way than the verdict does. Without a tolerance that point is the shares of
 * both versions together.
 */
export function informationBound(options: {
  stable: number;
  canary: number;
  stablePerCanary: number;
  tolerance: number;
  alpha: number;
}): number {
  const { stable, canary, stablePerCanary, tolerance, alpha } = options;
  const information = (a: number) =>
    divergence(canary, a + tolerance) + stablePerCanary * divergence(stable, a);
  let low = Math.min(stable, Math.max(1e-9, canary - tolerance));
  let high = Math.max(stable, Math.max(1e-9, canary - tolerance));
  for (let step = 0; step < 200; step += 1) {
    const left = low + (high - low) / 3;
    const right = high - (high - low) / 3;
    if (information(left) < information(right)) high = right;
    else low = left;
  }
  return Math.log(1 / alpha) / information((low + high) / 2);
}
