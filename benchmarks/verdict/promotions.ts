import { defaultVerdictSettings } from '@forkyard/plugin-deployments-common';
import type { Measure } from '@forkyard/launcher';
import {
  medianOf,
  promotionBoundOf,
  rateOf,
  untilPromoted,
  watch,
} from './measure';
import { dependent, same, scenario, SEED } from './scenarios';

const { errorTolerance } = defaultVerdictSettings;

/** Is what is barely too bad promoted, and how long does a good version wait? */
export function measurePromotions(): Measure[] {
  const bad = [scenario(0.01, 0.01 + errorTolerance, '95:5')];
  bad.push(dependent(bad[0], 'bursts of 5'));
  bad.push(dependent(bad[0], 'users of 20 requests in 5 minutes'));
  bad.push(scenario(0.01, 0.02, '95:5'));
  const good = [
    same,
    scenario(0.001, 0.001, '95:5'),
    scenario(0.001, 0.001, '45:5'),
    dependent(same, 'bursts of 5'),
  ];
  const judge = untilPromoted({});
  const rate = bad.map(one => {
    const ends = watch(
      { scenario: one, runs: 200, requests: 5000, seed: SEED + 200 },
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
      { scenario: one, runs: 80, requests: 10_000, seed: SEED + 300 },
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
