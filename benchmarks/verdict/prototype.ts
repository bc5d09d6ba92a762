import type { Traffic } from './traffic';

const PSEUDO_COUNTS = 0.18;

/**
 * Judges a run by the test that was tried first: Turner, Ly and Gruenwald's
 * one-sided e-process against equal shares, with estimates of both shares from
 * the earlier ticks (arXiv 2106.02693). No tolerance, no latency, no minimum.
 */
export function judgeByPrototype(
  { scenario, ticks, stable, canary }: Traffic,
  alpha: number,
): number | undefined {
  const { stablePerTick, canaryPerTick } = scenario;
  const stableWeight = stablePerTick / (stablePerTick + canaryPerTick);
  const limit = Math.log(1 / alpha);
  const seen = { stable: 0, canary: 0 };
  let logWealth = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const share = (bad: number, perTick: number) =>
      (bad + PSEUDO_COUNTS) / (perTick * tick + 2 * PSEUDO_COUNTS);
    const p = share(seen.stable, stablePerTick);
    const q = share(seen.canary, canaryPerTick);
    if (q > p) {
      const null0 = stableWeight * p + (1 - stableWeight) * q;
      logWealth +=
        logRatio(stable.bad[tick], stablePerTick, p, null0) +
        logRatio(canary.bad[tick], canaryPerTick, q, null0);
    }
    seen.stable += stable.bad[tick];
    seen.canary += canary.bad[tick];
    if (logWealth >= limit) return (tick + 1) * canaryPerTick;
  }
  return undefined;
}

const logRatio = (bad: number, total: number, p: number, q: number) =>
  bad * Math.log(p / q) + (total - bad) * Math.log((1 - p) / (1 - q));
