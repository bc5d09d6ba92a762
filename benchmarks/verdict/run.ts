import { Console } from 'node:console';
import { reportBenchmark, type Measure } from '@forkyard/launcher';
import { defaultVerdictSettings } from '@forkyard/plugin-deployments-common';
import {
  boundOf,
  byPrototype,
  byRival,
  medianOf,
  noTolerance,
  promotionBoundOf,
  rateOf,
  untilAborted,
  untilPromoted,
  watch,
  watchInBatches,
  type Ends,
} from './measure';
import { rivals } from './rivals';
import type { Scenario } from './traffic';

const SEED = 20261121;
const { errorTolerance } = defaultVerdictSettings;
const DEFAULTS = {};

function scenario(
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

const same = scenario(0.01, 0.01, '95:5');
const worse = scenario(0.01, 0.05, '95:5');

/** Is a bad version found as fast as can be, and a good one left alone? */
export async function run(): Promise<void> {
  const goals = measureGoals();
  const table = measureScenarios();
  const promotions = measurePromotions();
  const compared = compareWithRivals();
  await reportBenchmark({
    name: 'verdict',
    question:
      'How often is a good version aborted, how often and how soon is a bad one found, against the information bound and what others do?',
    measures: [...goals.measures, ...table, ...promotions, ...compared],
    notes: [...goals.notes, ...explanations()],
  });
}

interface Goal {
  measure: string;
  value: number;
  samples: number[];
  unit: string;
  atMost?: number;
  atLeast?: number;
}

function measureGoals(): { measures: Measure[]; notes: string[] } {
  const watched = { runs: 10_000, requests: 2000, seed: SEED };
  const timed = { ...same, slow: 0.05 };
  const goals: Goal[] = [];
  for (const [suffix, settings] of [
    ['', DEFAULTS],
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
      { ...watched, runs: 4000, scenario: worse },
      judge,
    );
    const bound = boundOf(worse, settings === DEFAULTS ? errorTolerance : 0);
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
    if (settings === DEFAULTS) {
      const classical = boundOf(worse, 0);
      goals.push({
        measure: 'medianRequestsOverBoundOfNoTolerance',
        value: medianOf(bad.all) / classical,
        samples: bad.batches.map(ends => medianOf(ends) / classical),
        unit: 'times the bound',
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

/** The rows of the prototype's table, with it as the peer. */
function measureScenarios(): Measure[] {
  const scenarios = [
    same,
    scenario(0.001, 0.001, '95:5'),
    worse,
    scenario(0.01, 0.05, '45:5'),
    scenario(0.01, 0.05, '99:1'),
    scenario(0.001, 0.01, '95:5'),
    scenario(0.01, 0.02, '95:5'),
    scenario(0.01, 0.5, '95:5'),
  ];
  const measures: Measure[] = [];
  const rows: Record<string, object> = {};
  for (const one of scenarios) {
    const runs = { scenario: one, runs: 600, requests: 5000, seed: SEED + 100 };
    const prototype = watch(runs, byPrototype);
    for (const [name, settings, tolerance] of [
      ['no tolerance', noTolerance, 0],
      ['tolerance 0.5 points', DEFAULTS, errorTolerance],
    ] as const) {
      const ours = watch(runs, untilAborted(settings));
      const bound = boundOf(one, tolerance);
      const row = `${one.name}, ${name}`;
      rows[row] = describeRow(ours, bound, prototype);
      measures.push(
        compare(`aborted: ${row}`, 'share of runs', rateOf, ours, prototype),
        ...(one === same || bound === Infinity
          ? []
          : [
              compare(
                `median requests: ${row}`,
                'requests',
                medianOf,
                ours,
                prototype,
              ),
            ]),
      );
    }
  }
  new Console(process.stdout).table(rows);
  return measures.filter(({ ours, peer }) => isFinite(ours + (peer ?? 0)));
}

function describeRow(ours: Ends, bound: number, prototype: Ends) {
  const digits = (value: number) =>
    isFinite(value) ? Number(value.toPrecision(3)) : undefined;
  return {
    aborted: rateOf(ours),
    median: digits(medianOf(ours)),
    bound: digits(bound),
    'median / bound': digits(medianOf(ours) / bound),
    'prototype aborted': digits(rateOf(prototype)),
    'prototype median': digits(medianOf(prototype)),
  };
}

function compare(
  measure: string,
  unit: string,
  read: (ends: Ends) => number,
  ours: Ends,
  peer: Ends,
  peerName = 'the tried prototype (no tolerance)',
): Measure {
  return {
    measure,
    unit,
    ours: read(ours),
    samples: [read(ours)],
    peer: read(peer),
    peerSamples: [read(peer)],
    peerName,
  };
}

/** Is what is barely too bad promoted, and how long does a good version wait? */
function measurePromotions(): Measure[] {
  const bad = [scenario(0.01, 0.01 + errorTolerance, '95:5')];
  bad.push(scenario(0.01, 0.02, '95:5'));
  const good = [
    same,
    scenario(0.001, 0.001, '95:5'),
    scenario(0.001, 0.001, '45:5'),
  ];
  const judge = untilPromoted(DEFAULTS);
  const rate = bad.map(one => {
    const ends = watch(
      { scenario: one, runs: 2000, requests: 5000, seed: SEED + 200 },
      judge,
    );
    return {
      measure: `false promotions: ${one.name}`,
      ours: rateOf(ends),
      unit: 'share of runs',
      samples: [rateOf(ends)],
    };
  });
  const delay = good.map(one => {
    const ends = watch(
      { scenario: one, runs: 500, requests: 10_000, seed: SEED + 300 },
      judge,
    );
    return {
      measure: `median requests to promotion: ${one.name}`,
      ours: medianOf(ends),
      unit: 'requests',
      samples: [medianOf(ends)],
      peer: promotionBoundOf(one),
      peerName: 'information bound',
    };
  });
  return [...rate, ...delay].filter(({ ours }) => isFinite(ours));
}

/** The same traffic through the rivals. */
function compareWithRivals(): Measure[] {
  const scenarios = [
    same,
    scenario(0.001, 0.001, '95:5'),
    worse,
    scenario(0.001, 0.01, '95:5'),
    scenario(0.01, 0.02, '95:5'),
  ];
  const rows: Record<string, Record<string, string>> = {};
  const measures: Measure[] = [];
  for (const one of scenarios) {
    const runs = {
      scenario: one,
      runs: 1000,
      requests: 2000,
      seed: SEED + 400,
    };
    const ours = watch(runs, untilAborted(DEFAULTS));
    const sharp = watch(runs, untilAborted(noTolerance));
    rows[one.name] = {
      Forkyard: describeEnds(ours),
      'Forkyard, no tolerance': describeEnds(sharp),
    };
    for (const rival of rivals) {
      const theirs = watch(runs, byRival(rival));
      rows[one.name][rival.name] = describeEnds(theirs);
      measures.push(
        compare(
          `aborted: ${one.name}; ${rival.name}`,
          'share of runs',
          rateOf,
          ours,
          theirs,
          rival.name,
        ),
        compare(
          `median requests: ${one.name}; ${rival.name}`,
          'requests',
          medianOf,
          ours,
          theirs,
          rival.name,
        ),
      );
    }
  }
  process.stdout.write(
    '\nAborted within 2,000 canary requests (50 minutes), and the median of the requests it took:\n',
  );
  new Console(process.stdout).table(rows);
  return measures.filter(({ ours, peer }) => isFinite(ours + (peer ?? 0)));
}

function describeEnds(ends: Ends): string {
  const median = medianOf(ends);
  const share = `${(rateOf(ends) * 100).toFixed(1)} %`;
  return isFinite(median) ? `${share}, ${median}` : share;
}

function explanations(): string[] {
  return [
    `Seed ${SEED}. Every run is looked at after every 5 canary requests. The first three goals are with the default settings, whose tolerance of half a percentage point is part of the hypothesis and so of its bound; "WithoutTolerance" is the same code with both tolerances 0, against the bound of equal shares. "OfNoTolerance" sets the runs with tolerance against the bound without: the price of tolerating something, for which there is no goal. Runs with equal shares of errors also have latency, 5 % slow on both sides. Samples are ten batches.`,
    'A share of runs is better when smaller where both versions are alike, and when larger where they are not. Medians are over all runs, and left out when most runs did not end so.',
    'Rivals see the same requests at 40 canary requests a minute, at a constant split, and are not stopped when they would promote.',
    ...rivals.map(({ source }) => source),
  ];
}
