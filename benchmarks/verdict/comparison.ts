import { Console } from 'node:console';
import type { Measure } from '@forkyard/launcher';
import {
  byRival,
  compare,
  describeEnds,
  medianOf,
  noTolerance,
  rateOf,
  untilAborted,
  watch,
} from './measure';
import { rivals } from './rivals';
import { outage, same, scenario, SEED, worse } from './scenarios';

/** The same traffic through the rivals. */
export function compareWithRivals(): { measures: Measure[]; notes: string[] } {
  const scenarios = [
    same,
    scenario(0.001, 0.001, '95:5'),
    outage,
    worse,
    scenario(0.001, 0.01, '95:5'),
    scenario(0.01, 0.02, '95:5'),
  ];
  const rows: Record<string, Record<string, string>> = {};
  const measures: Measure[] = [];
  for (const one of scenarios) {
    const runs = {
      scenario: one,
      runs: 200,
      requests: 2000,
      seed: SEED + 400,
    };
    const ours = watch(runs, untilAborted({}));
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
          { ends: theirs, name: rival.name },
        ),
        compare(
          `median requests: ${one.name}; ${rival.name}`,
          'requests',
          medianOf,
          ours,
          { ends: theirs, name: rival.name },
        ),
      );
    }
  }
  const title =
    'Aborted within 2,000 canary requests (50 minutes), and the median of the requests it took';
  process.stdout.write(`\n${title}:\n`);
  new Console(process.stdout).table(rows);
  return {
    // A ratio to nothing says nothing; the notes have every cell.
    measures: measures.filter(
      ({ ours, peer }) => peer && isFinite(ours + peer),
    ),
    notes: Object.entries(rows).map(
      ([name, cells]) =>
        `${title}. ${name}: ${Object.entries(cells)
          .map(([judge, cell]) => `${judge} ${cell}`)
          .join('; ')}.`,
    ),
  };
}
