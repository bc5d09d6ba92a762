import {
  apart,
  bursts,
  hiccups,
  independent,
  sessions,
  wave,
  type Dependence,
} from './dependence';
import { TICKS_PER_MINUTE, type Scenario } from './traffic';

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

/** Both versions fail ten times as often for 5 minutes, from the 20th on. */
const bothFail: Dependence = independent((_, ticks) => {
  const weather = new Float64Array(ticks).fill(1);
  return weather.fill(10, 20 * TICKS_PER_MINUTE, 25 * TICKS_PER_MINUTE);
});

export const outage: Scenario = {
  ...same,
  name: '1 % -> 1 %, 95:5, both 10 % for 5 minutes',
  dependence: bothFail,
  before: independent(),
};

/** Sizes of bursts that no mean describes: two of three are 2, one in 1,000 is 100. */
const heavyTailed = (random: () => number) =>
  Math.min(100, Math.ceil((1 - random()) ** (-1 / 1.5)));
/** The mean of millions of them. */
const HEAVY_MEAN = 3.41;

const briefHiccups = (everyTicks: number) =>
  hiccups({ everyTicks, longest: 4, times: 30 });
/** By what hiccups every 100 ticks multiply a share on average. */
const HICCUP_MEAN = 1.714;

/** Failures that depend on each other, in ways that traffic has. */
export const dependences: Record<
  string,
  Pick<Scenario, 'dependence' | 'before'>
> = {
  'bursts of 5': { dependence: bursts(() => 5, 5) },
  'bursts of 1 to 100, heavy-tailed': {
    dependence: bursts(heavyTailed, HEAVY_MEAN),
  },
  'hiccups of both for seconds': {
    dependence: independent(briefHiccups(60)),
  },
  'an outage of both for 5 minutes': {
    dependence: bothFail,
    before: independent(),
  },
  'hiccups of either for seconds': {
    dependence: apart(briefHiccups(100), HICCUP_MEAN),
  },
  'slow drift': {
    dependence: independent(wave(12 * 60 * TICKS_PER_MINUTE, 0.8)),
  },
  'users of 10 requests in a minute': {
    dependence: sessions({ requests: 10, gapTicks: 0.5 }),
  },
  'users of 20 requests in 5 minutes': {
    dependence: sessions({ requests: 20, gapTicks: 2 }),
  },
};

/** The same shares, with failures that depend on each other. */
export function dependent(one: Scenario, name: string): Scenario {
  return { ...one, ...dependences[name], name: `${one.name}, ${name}` };
}
