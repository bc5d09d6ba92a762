import { Console } from 'node:console';
import { quantile, type Measure } from '@forkyard/launcher';
import { attacked, independent, sessions, type Dependence } from './dependence';
import {
  compare,
  medianOf,
  rateOf,
  untilAborted,
  untilAbortedUnbounded,
  untilPromoted,
  watch,
  type Ends,
} from './measure';
import { dependent, same, scenario, SEED } from './scenarios';
import { TICKS_PER_MINUTE, type Scenario } from './traffic';

const UNBOUNDED = 'Forkyard as it was, doubt not bounded';

const hundreds = attacked({ requests: 100, everyTicks: 3 * TICKS_PER_MINUTE });
const more = attacked({ requests: 300, everyTicks: 5 * TICKS_PER_MINUTE });
const minutes = attacked({
  requests: 50,
  everyTicks: 8 * TICKS_PER_MINUTE,
  lastingTicks: TICKS_PER_MINUTE,
});

/** Where bursts of errors are sent to the stable version: before, and beside the new one. */
const attacks: Record<
  string,
  { before?: Dependence; dependence?: Dependence }
> = {
  'no attack': {},
  '100 errors every 3 minutes before': { before: hundreds },
  '300 errors every 5 minutes before': { before: more },
  '100 errors every 3 minutes during': { dependence: hundreds },
  '100 errors every 3 minutes before and during': {
    before: hundreds,
    dependence: hundreds,
  },
  '300 errors every 5 minutes before and during': {
    before: more,
    dependence: more,
  },
  '400 errors in a minute every 8 minutes before and during': {
    before: minutes,
    dependence: minutes,
  },
};

/** Who is far from being attacked, and must not be doubted less by mistake. */
const honest: Scenario[] = [
  dependent(same, 'bursts of 1 to 100, heavy-tailed'),
  dependent(same, 'hiccups of either for seconds'),
  dependent(same, 'users of 20 requests in 5 minutes'),
  {
    ...same,
    name: `${same.name}, users of 40 requests in 10 minutes`,
    dependence: sessions({ requests: 40, gapTicks: 2 }),
  },
];

/**
 * By how much can bursts of errors on the stable version delay an abort, with and
 * without the bound of the doubts, and does the bound abort good versions?
 */
export function measureAttacks(): { measures: Measure[]; notes: string[] } {
  const delays = [0.2, 0.1].flatMap(canary =>
    Object.entries(attacks).map(([name, { before, dependence }]) =>
      measureDelay({
        ...scenario(0.01, canary, '95:5'),
        name: `${scenario(0.01, canary, '95:5').name}, ${name}`,
        before: before ?? independent(),
        dependence: dependence ?? independent(),
      }),
    ),
  );
  const alarms = honest.map(one => {
    const runs = {
      scenario: one,
      runs: 1000,
      requests: 2000,
      seed: SEED + 800,
    };
    const ours = watch(runs, untilAborted({}));
    const ends = watch(runs, untilAbortedUnbounded);
    return compare(
      `aborted: ${one.name}; ${UNBOUNDED}`,
      'share of runs',
      rateOf,
      ours,
      {
        ends,
        name: UNBOUNDED,
      },
    );
  });
  new Console(process.stdout).table(delays.map(({ row }) => row));
  return {
    measures: [...delays.flatMap(({ measures }) => measures), ...alarms].filter(
      ({ ours, peer }) => isFinite(ours + (peer ?? 0)),
    ),
    notes: [
      ...delays.map(({ note }) => note),
      ...alarms.map(
        ({ measure, ours, peer }) =>
          `${measure.split(';')[0]}, 1,000 runs: ${ours}; ${UNBOUNDED} ${peer}.`,
      ),
    ],
  };
}

function measureDelay(one: Scenario) {
  const runs = { scenario: one, runs: 100, requests: 4000, seed: SEED + 700 };
  const ours = watch(runs, untilAborted({}));
  const ends = watch(runs, untilAbortedUnbounded);
  const promoted = rateOf(watch(runs, untilPromoted({})));
  const seconds = (request: number) =>
    (request / one.canaryPerTick / TICKS_PER_MINUTE) * 60;
  const describe = (those: Ends) => {
    const slowest = quantile(
      [
        ...those.after,
        ...new Array<number>(those.runs - those.after.length).fill(Infinity),
      ],
      0.9,
    );
    const within = (request: number) =>
      isFinite(request) ? `${seconds(request)} s` : 'more than that';
    return `${(rateOf(those) * 100).toFixed(1)} %, ${within(medianOf(those))} (9 of 10 within ${within(slowest)})`;
  };
  const row = {
    scenario: one.name,
    bounded: describe(ours),
    unbounded: describe(ends),
    promoted,
  };
  return {
    row,
    note: `Aborted within 4,000 canary requests (100 minutes), and the median of the time it took. ${one.name}: Forkyard ${row.bounded}; ${UNBOUNDED} ${row.unbounded}; promoted ${promoted}.`,
    measures: [
      compare(
        `median seconds to abort: ${one.name}`,
        's',
        those => seconds(medianOf(those)),
        ours,
        {
          ends,
          name: UNBOUNDED,
        },
      ),
      {
        measure: `promoted: ${one.name}`,
        ours: promoted,
        unit: 'share of runs',
        samples: [promoted],
      },
    ],
  };
}
