import type { RolloutPlan } from '@forkyard/plugin-deployments-common';
import fc from 'fast-check';
import { createPlan } from '../delivery/deliveryPlans';
import { combinePlans, describePlans, type EntityPlan } from './combinePlans';

const stages = fc
  .uniqueArray(
    fc.record({
      percent: fc.integer({ min: 1, max: 99 }),
      minutes: fc.integer({ min: 0, max: 60 }),
      approval: fc.boolean(),
    }),
    { selector: ({ percent }) => percent, minLength: 1, maxLength: 9 },
  )
  .map(some => some.sort((a, b) => a.percent - b.percent));

const said = {
  approval: fc.boolean(),
  watchMinutes: fc.integer({ min: 0, max: 60 }),
  checks: fc.subarray<RolloutPlan['checks'][number]>([
    'ci',
    'security',
    'smoke-test',
    'schema',
  ]),
  verdict: fc.record(
    {
      errorTolerance: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
      minimumRequests: fc.integer({ min: 1, max: 200 }),
    },
    { requiredKeys: [] },
  ),
};

const somePlan = fc.oneof(
  fc.constant(createPlan('direct')),
  fc.record(said).map(some => createPlan('blue-green', some)),
  fc.record({ ...said, stages }).map(some => createPlan('canary', some)),
);

const somePlans = fc
  .array(somePlan, { minLength: 1, maxLength: 5 })
  .map(plans => plans.map((plan, index) => ({ entityRef: `e${index}`, plan })));

/** The minutes that a canary spends with at most so much traffic. */
const minutesUpTo = (plan: RolloutPlan, percent: number) =>
  plan.stages
    .filter(stage => stage.percent <= percent)
    .reduce((sum, { minutes }) => sum + minutes, 0);

/** Whether somebody is asked before it gets more than so much. */
const asksUpTo = (plan: RolloutPlan, percent: number) =>
  plan.stages.some(stage => stage.approval && stage.percent <= percent);

describe('combinePlans', () => {
  it('is as strict as each plan, in whichever order they come', () => {
    const ranks = ['direct', 'blue-green', 'canary'];
    fc.assert(
      fc.property(somePlans, plans => {
        const { plan } = combinePlans(plans);
        expect(combinePlans([...plans].reverse())).toEqual(combinePlans(plans));
        expect(plan.stages.length).toBeLessThanOrEqual(9);
        for (const { plan: one } of plans) {
          expect(ranks.indexOf(plan.strategy)).toBeGreaterThanOrEqual(
            ranks.indexOf(one.strategy),
          );
          if (one.strategy === 'direct') continue;
          expect(plan.approval || !one.approval).toBe(true);
          expect(plan.checks).toEqual(expect.arrayContaining(one.checks));
          expect(plan.watchMinutes).toBeGreaterThanOrEqual(one.watchMinutes);
          const { errorTolerance = 0.005, minimumRequests = 50 } = one.verdict;
          expect(plan.verdict.errorTolerance ?? 0.005).toBeLessThanOrEqual(
            errorTolerance,
          );
          expect(plan.verdict.minimumRequests ?? 50).toBeGreaterThanOrEqual(
            minimumRequests,
          );
          for (const { percent } of one.stages) {
            expect(minutesUpTo(plan, percent)).toBeGreaterThanOrEqual(
              minutesUpTo(one, percent),
            );
            expect(asksUpTo(plan, percent) || !asksUpTo(one, percent)).toBe(
              true,
            );
          }
        }
      }),
    );
  });

  it('leaves one plan as it is, and asks nothing of who has none', () => {
    const canary = createPlan('canary', {
      verdict: { errorTolerance: 0.05 },
      smokeTestPath: '/up',
    });
    const zoo: EntityPlan = { entityRef: 'zoo', plan: createPlan('direct') };
    expect(combinePlans([zoo]).plan).toEqual(zoo.plan);
    expect(combinePlans([zoo, { entityRef: 'z', plan: canary }]).plan).toBe(
      canary,
    );
  });

  it('says whose plan asked for what, the most careful first', () => {
    const plans = [
      { entityRef: 'zoo', plan: createPlan('direct') },
      {
        entityRef: 'shop',
        plan: createPlan('blue-green', {
          approval: true,
          checks: ['smoke-test'],
          smokeTestPath: '/shop',
        }),
      },
      {
        entityRef: 'ark',
        plan: createPlan('canary', { checks: ['ci', 'smoke-test'] }),
      },
    ];
    const { plan, sorted } = combinePlans(plans);
    expect(plan).toMatchObject({
      strategy: 'canary',
      approval: true,
      checks: ['ci', 'smoke-test'],
      smokeTestPath: '/healthz',
      otherSmokeTestPaths: ['/shop'],
      verdict: {},
    });
    expect(describePlans(sorted)).toBe(
      "3 entities have this project, and the stricter plan holds: 'ark' asks for a canary and the checks ci, smoke-test; 'shop' asks for blue-green, an approval and the check smoke-test.",
    );
    expect(describePlans(sorted.slice(0, 1))).toBeUndefined();
    expect(describePlans([plans[0], plans[0]])).toBeUndefined();
  });
});
