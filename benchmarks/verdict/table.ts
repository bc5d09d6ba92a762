import { Console } from 'node:console';
import type { Measure } from '@forkyard/launcher';
import {
  boundOf,
  byPrototype,
  compare,
  medianOf,
  noTolerance,
  rateOf,
  toleranceAt,
  untilAborted,
  watch,
  type Ends,
} from './measure';
import { same, scenario, SEED, worse } from './scenarios';

const PROTOTYPE = 'the tried prototype (no tolerance)';

/** The rows of the prototype's table, with it as the peer. */
export function measureScenarios(): Measure[] {
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
    const runs = { scenario: one, runs: 150, requests: 5000, seed: SEED + 100 };
    const prototype = watch(runs, byPrototype);
    for (const [name, settings, tolerance] of [
      ['no tolerance', noTolerance, 0],
      ['default tolerance', {}, toleranceAt(one.stable)],
    ] as const) {
      const ours = watch(runs, untilAborted(settings));
      const bound = boundOf(one, tolerance);
      const row = `${one.name}, ${name}`;
      rows[row] = describeRow(ours, bound, prototype);
      measures.push(
        compare(`aborted: ${row}`, 'share of runs', rateOf, ours, {
          ends: prototype,
          name: PROTOTYPE,
        }),
        compare(`median requests: ${row}`, 'requests', medianOf, ours, {
          ends: prototype,
          name: PROTOTYPE,
        }),
        {
          measure: `median requests over bound: ${row}`,
          ours: medianOf(ours),
          samples: [medianOf(ours)],
          unit: 'requests',
          peer: bound,
          peerName: 'information bound',
        },
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
    aborted: digits(rateOf(ours)),
    median: digits(medianOf(ours)),
    bound: digits(bound),
    'median / bound': digits(medianOf(ours) / bound),
    'prototype aborted': digits(rateOf(prototype)),
    'prototype median': digits(medianOf(prototype)),
  };
}
