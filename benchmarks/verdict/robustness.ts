import { Console } from 'node:console';
import type { Measure } from '@forkyard/launcher';
import {
  byRival,
  compare,
  describeEnds,
  medianOf,
  rateOf,
  untilAborted,
  watch,
  type Ends,
} from './measure';
import { rivals } from './rivals';
import {
  dependences,
  dependent,
  same,
  scenario,
  SEED,
  worse,
} from './scenarios';
import type { Scenario } from './traffic';

const rare = scenario(0.001, 0.001, '95:5');
const rareWorse = scenario(0.001, 0.01, '95:5');

/**
 * Is a good version left alone, and a bad one found, when failures depend on
 * each other? Nobody is told how.
 */
export function measureRobustness(): { measures: Measure[]; notes: string[] } {
  const every = (one: Scenario) =>
    Object.keys(dependences).map(name => dependent(one, name));
  const table = [
    ...[same, rare, ...every(same), ...every(rare)].map(one =>
      judgeAll(one, 'good', 300),
    ),
    ...[worse, rareWorse, ...every(worse), ...every(rareWorse)].map(one =>
      judgeAll(one, 'bad', 60),
    ),
  ];
  new Console(process.stdout).table(
    Object.fromEntries(
      table.map(({ name, cells }) => [
        name,
        Object.fromEntries(
          cells.map(([judge, ends]) => [judge, describeEnds(ends)]),
        ),
      ]),
    ),
  );
  const good = table.filter(({ kind }) => kind === 'good');
  const most = good.reduce((one, other) =>
    rateOf(other.cells[0][1]) > rateOf(one.cells[0][1]) ? other : one,
  );
  const highest = rateOf(most.cells[0][1]);
  return {
    measures: [
      {
        measure: 'falseAbortRateWhenDependent',
        ours: highest,
        unit: 'share of runs',
        samples: good.map(({ cells }) => rateOf(cells[0][1])),
      },
      ...table.flatMap(toMeasures),
    ],
    notes: [
      `${highest <= 0.01 ? 'PASS' : 'MISS'} falseAbortRateWhenDependent ${highest} (${most.name}), goal at most 0.01`,
      ...table.map(
        ({ name, cells }) =>
          `Aborted within 2,000 canary requests. ${name}: ${cells
            .map(([judge, ends]) => `${judge} ${describeEnds(ends)}`)
            .join('; ')}.`,
      ),
    ],
  };
}

interface Row {
  name: string;
  kind: 'good' | 'bad';
  /** With the hours before known first, then without. */
  cells: [judge: string, ends: Ends][];
}

function judgeAll(one: Scenario, kind: Row['kind'], runs: number): Row {
  const options = { scenario: one, runs, requests: 2000, seed: SEED + 600 };
  return {
    name: one.name,
    kind,
    cells: [
      ['Forkyard', watch(options, untilAborted({}))],
      [
        'Forkyard, nothing known of before',
        watch(options, untilAborted({}, false)),
      ],
      ...rivals.map((rival): [string, Ends] => [
        rival.name,
        watch(options, byRival(rival)),
      ]),
    ],
  };
}

function toMeasures({ name, cells }: Row): Measure[] {
  const [[, ours], ...others] = cells;
  return others.flatMap(([judge, ends]) =>
    [
      compare(`aborted: ${name}; ${judge}`, 'share of runs', rateOf, ours, {
        ends,
        name: judge,
      }),
      compare(
        `median requests: ${name}; ${judge}`,
        'requests',
        medianOf,
        ours,
        {
          ends,
          name: judge,
        },
      ),
    ].filter(measure => isFinite(measure.ours + (measure.peer ?? 0))),
  );
}
