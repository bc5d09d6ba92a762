import { reportBenchmark } from '@forkyard/launcher';
import { measureAttacks } from './attacks';
import { compareWithRivals } from './comparison';
import { measureGoals } from './goals';
import { measurePromotions } from './promotions';
import { measureRobustness } from './robustness';
import { rivals } from './rivals';
import { boundOf, toleranceAt } from './measure';
import { SEED, worse } from './scenarios';
import { measureScenarios } from './table';

/** Is a bad version found as fast as can be, and a good one left alone? */
export async function run(): Promise<void> {
  const goals = measureGoals();
  const table = measureScenarios();
  const promotions = measurePromotions();
  const robust = measureRobustness();
  const attacks = measureAttacks();
  const compared = compareWithRivals();
  await reportBenchmark({
    name: 'verdict',
    question:
      'How often is a good version aborted, how often and how soon is a bad one found, against the information bound and what others do?',
    measures: [
      ...goals.measures,
      ...table,
      ...promotions,
      ...robust.measures,
      ...attacks.measures,
      ...compared.measures,
    ],
    notes: [
      ...goals.notes,
      ...robust.notes,
      ...attacks.notes,
      ...compared.notes,
      ...explanations(),
    ],
  });
}

function explanations(): string[] {
  const tolerancePrice =
    boundOf(worse, toleranceAt(worse.stable)) / boundOf(worse, 0);
  return [
    `Seed ${SEED}. Every run is looked at after every 5 canary requests. The first three goals are with the default settings, which abort what is worse by more than a quarter of the stable version's share (0.1 to 0.5 percentage points); that tolerance is part of the hypothesis and so of its bound. "WithoutTolerance" is the same code with both tolerances 0, against the bound of equal shares, as the prototype was measured. "OfNoTolerance" sets the runs with tolerance against the bound of equal shares: with this tolerance no test needs less than ${tolerancePrice.toFixed(2)} times that bound on average, and the rest is the price of not taking requests to be independent. Bounds are those of a test that does. Runs with equal shares of errors also have latency, 5 % slow on both sides. Samples are ten batches.`,
    'Where nothing else is said Forkyard knows what the stable version served in the six hours before, as the rollouts of the portal do, drawn in the same way; "nothing known of before" has the rollout alone. Only the outage is not in the hours before.',
    'Bursts: so many requests in a row fail, across ticks too; heavy-tailed ones are of Pareto sizes with exponent 1.5, cut at 100. Hiccups: 30 times the share for 1 to 4 ticks of 7.5 s, every 7.5 minutes for both, or every 12.5 minutes for either by itself. Slow drift: a wave of 12 hours, 0.2 to 1.8 times the share. Users: of a share of them all requests fail, 10 each, 4 s apart, or 20 each, 15 s apart on average. The shares are those of single requests, so that all rows of a share fail as often.',
    'Attacks: so many requests that all fail are sent to the stable version within a tick, again and again after half to one and a half of the time that is said, in the six hours before, during the rollout, or both. "Doubt not bounded" is the same code without what it learned of how evenly the new version fails by itself, as it was before.',
    'A share of runs is better when smaller where both versions are alike, and when larger where they are not. Medians are over all runs, and left out when most runs did not end so.',
    'Rivals see the same requests at 40 canary requests a minute, at a constant split, and are not stopped when they would promote.',
    ...rivals.map(({ source }) => source),
  ];
}
