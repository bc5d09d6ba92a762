import type { Scenario } from './traffic';

/** Makes every run of the benchmark the same each time. */
export const SEED = 20261121;

/** Names and makes a scenario: shares of failed requests, stable to canary. */
export function scenario(
  stable: number,
  canary: number,
  split: '99:1' | '95:5' | '45:5',
): Scenario {
  const perTick = { '99:1': 495, '95:5': 95, '45:5': 45 };
  const percent = (share: number) =>
    `${Number((share * 100).toPrecision(3))} %`;
  return {
    name: `${percent(stable)} -> ${percent(canary)}, ${split}`,
    stable,
    canary,
    stablePerTick: perTick[split],
    canaryPerTick: 5,
  };
}

export const same = scenario(0.01, 0.01, '95:5');
export const worse = scenario(0.01, 0.05, '95:5');
export const outage: Scenario = {
  ...same,
  name: '1 % -> 1 %, 95:5, both 10 % for 5 minutes',
  weather: minute => (minute >= 20 && minute < 25 ? 10 : 1),
};
