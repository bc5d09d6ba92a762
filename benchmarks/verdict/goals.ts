import type { Measure } from '@forkyard/launcher';
import {
  boundOf,
  medianOf,
  noTolerance,
  rateOf,
  toleranceAt,
  untilAborted,
  watchInBatches,
} from './measure';
import { same, SEED, worse } from './scenarios';

interface Goal {
  measure: string;
  value: number;
  samples: number[];
  unit: string;
  atMost?: number;
  atLeast?: number;
}

/** Measures what goals were set for, with and without a tolerance. */
export function measureGoals(): { measures: Measure[]; notes: string[] } {
  const watched = { runs: 10_000, requests: 2000, seed: SEED };
  const timed = { ...same, slow: 0.05 };
  const goals: Goal[] = [];
  const defaults = {};
  for (const [suffix, settings] of [
    ['', defaults],
    ['WithoutTolerance', noTolerance],
  ] as const) {
    const judge = untilAborted(settings);
    const good = watchInBatches({ ...watched, scenario: timed }, judge);
    goals.push({
      measure: `falseAbortRate${suffix}`,
      value: rateOf(good.all),
      samples: good.batches.map(rateOf),
      unit: 'share of runs',
      atMost: 0.01,
    });
    const bad = watchInBatches(
      { ...watched, runs: 1000, scenario: worse },
      judge,
    );
    const bound = boundOf(
      worse,
      settings === defaults ? toleranceAt(worse.stable) : 0,
    );
    goals.push(
      {
        measure: `detectionRate${suffix}`,
        value: rateOf(bad.all),
        samples: bad.batches.map(rateOf),
        unit: 'share of runs',
        atLeast: 0.99,
      },
      {
        measure: `medianRequestsOverBound${suffix}`,
        value: medianOf(bad.all) / bound,
        samples: bad.batches.map(ends => medianOf(ends) / bound),
        unit: 'times the bound',
        atMost: 1.5,
      },
    );
    if (settings === defaults) {
      const classical = boundOf(worse, 0);
      goals.push({
        measure: 'medianRequestsOverBoundOfNoTolerance',
        value: medianOf(bad.all) / classical,
        samples: bad.batches.map(ends => medianOf(ends) / classical),
        unit: 'times the bound',
        atMost: 1.5,
      });
    }
  }
  return {
    measures: goals.map(({ measure, value, samples, unit }) => ({
      measure,
      ours: value,
      unit,
      samples,
    })),
    notes: goals.filter(isGoal).map(judgeGoal),
  };
}

const isGoal = ({ atMost, atLeast }: Goal) =>
  atMost !== undefined || atLeast !== undefined;

function judgeGoal({ measure, value, atMost, atLeast }: Goal): string {
  const met = value <= (atMost ?? Infinity) && value >= (atLeast ?? 0);
  const goal =
    atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  return `${met ? 'PASS' : 'MISS'} ${measure} ${Number(value.toPrecision(4))}, goal ${goal}`;
}
