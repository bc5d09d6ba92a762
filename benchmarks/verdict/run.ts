import { reportBenchmark } from '@forkyard/launcher';
import { defaultVerdictSettings } from '@forkyard/plugin-deployments-common';
import { compareWithRivals } from './comparison';
import { measureGoals } from './goals';
import { measureBursts, measurePromotions } from './promotions';
import { rivals } from './rivals';
import { boundOf } from './measure';
import { SEED, worse } from './scenarios';
import { measureScenarios } from './table';

/** Is a bad version found as fast as can be, and a good one left alone? */
export async function run(): Promise<void> {
  const goals = measureGoals();
  const table = measureScenarios();
  const promotions = measurePromotions();
  const bursts = measureBursts();
  const compared = compareWithRivals();
  await reportBenchmark({
    name: 'verdict',
    question:
      'How often is a good version aborted, how often and how soon is a bad one found, against the information bound and what others do?',
    measures: [
      ...goals.measures,
      ...table,
      ...promotions,
      ...bursts,
      ...compared.measures,
    ],
    notes: [...goals.notes, ...compared.notes, ...explanations()],
  });
}

function explanations(): string[] {
  const tolerancePrice =
    boundOf(worse, defaultVerdictSettings.errorTolerance) / boundOf(worse, 0);
  return [
    `Seed ${SEED}. Every run is looked at after every 5 canary requests. The first three goals are with the default settings, whose tolerance of half a percentage point is part of the hypothesis and so of its bound; "WithoutTolerance" is the same code with both tolerances 0, against the bound of equal shares, as the prototype was measured. "OfNoTolerance" sets the runs with tolerance against the bound of equal shares: the price of tolerating something. It misses 1.5, and has to: with this tolerance no test needs less than ${tolerancePrice.toFixed(2)} times that bound on average. Runs with equal shares of errors also have latency, 5 % slow on both sides. Samples are ten batches.`,
    'A share of runs is better when smaller where both versions are alike, and when larger where they are not. Medians are over all runs, and left out when most runs did not end so.',
    'Rivals see the same requests at 40 canary requests a minute, at a constant split, and are not stopped when they would promote.',
    ...rivals.map(({ source }) => source),
  ];
}
