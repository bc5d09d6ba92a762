import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { RolloutFixture, SHOP } from '../../__testUtils__/RolloutFixture';
import { findSharedPlan } from './findSharedPlan';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const ZOO = 'component:default/zoo';
const ARK = 'component:default/ark';
const project = { provider: 'memory', projectId: 'prj_1' };

describe('a project of several entities', () => {
  let fixture: RolloutFixture;

  async function follow(entityRef: string, etag?: string) {
    const { tracked } = fixture.stores;
    await tracked.track([{ entityRef, provider: 'memory', etag }]);
    await tracked.setProject({ entityRef, provider: 'memory', etag }, project);
  }

  const look = async (entityRef: string) =>
    fixture.stores.deployments.applyObservation({
      entityRef,
      project,
      askedAt: await fixture.stores.tracked.now(),
      deployments: [...fixture.provider.deployments.values()],
      environments: [...fixture.provider.environments.values()],
    });

  beforeEach(async () => {
    fixture = await RolloutFixture.create(await databases.init('POSTGRES_18'));
    fixture.provider.put({ externalId: 'two', createdAt: new Date(2000) });
    await fixture.look();
    await follow(ZOO);
    await look(ZOO);
    fixture.world.plans.set(ZOO, createTestPlan({ strategy: 'direct' }));
  });

  const start = (entityRef: string) =>
    fixture.services.rollouts.startRollout(
      { entityRef, deploymentId: 'memory:two' },
      fixture.user,
    );

  async function findPlan(entityRef: string) {
    const { deployments, tracked } = fixture.stores;
    const held = await deployments.listById('memory:two');
    const { plans, plan } = fixture.world;
    const delivery = {
      getPlan: async (asked: { entityRef: string }) =>
        plans.get(asked.entityRef) ?? plan,
    };
    return findSharedPlan(
      { delivery, deployments, tracked },
      held.find(found => found.entityRef === entityRef)!,
      { fresh: true, isNamed: false },
    );
  }

  const stagings = () =>
    fixture.provider.calls.filter(call => call.startsWith('setStaging'));

  it('is staged while one of them has a plan that asks for it', async () => {
    const { staging } = fixture.services;
    await staging.alignAll();
    await staging.alignAll();
    expect(stagings()).toEqual(['setStaging true']);
    // Whose project is resolved anew has the same word meanwhile.
    const { tracked } = fixture.stores;
    await tracked.track([
      { entityRef: SHOP, provider: 'memory', etag: 'changed' },
    ]);
    await staging.alignAll();
    expect(stagings()).toEqual(['setStaging true']);
    expect(await findPlan(ZOO)).toMatchObject({ plan: { strategy: 'canary' } });
    fixture.world.plan = createTestPlan({ strategy: 'direct' });
    await staging.alignAll();
    expect(stagings()).toEqual(['setStaging true', 'setStaging false']);
  });

  it('is rolled out by the plan that is not direct, whichever is named', async () => {
    await expect(start(ZOO)).rejects.toThrow(
      `'${SHOP}' has the same project, and one. Start it for that entity.`,
    );
    expect(await start(SHOP)).toMatchObject({ entityRef: SHOP });
    expect(await findPlan(ZOO)).toMatchObject({
      deployment: { entityRef: SHOP },
      plan: { strategy: 'canary' },
    });
    const { tracked } = fixture.stores;
    await tracked.untrack([{ entityRef: SHOP, provider: 'memory' }]);
    expect(await findPlan(ZOO)).toMatchObject({
      deployment: { entityRef: ZOO },
      plan: { strategy: 'direct' },
    });
  });

  it('is rolled out by what all plans ask for, and its log says which asked', async () => {
    fixture.world.plans.set(
      ZOO,
      createTestPlan({ strategy: 'blue-green', stages: [], checks: ['ci'] }),
    );
    // Its plan counts before its deployments were looked at.
    await follow(ARK);
    fixture.world.plans.set(ARK, createTestPlan({ approval: true }));
    const expected = { strategy: 'canary', approval: true, checks: ['ci'] };
    const asked = `3 entities have this project, and the stricter plan holds: '${ARK}' asks for a canary and an approval; '${SHOP}' asks for a canary; '${ZOO}' asks for blue-green and the check ci.`;
    await fixture.services.starter.startWaiting();
    const begun = await fixture.find('two');
    expect(begun).toMatchObject({
      entityRef: SHOP,
      plan: expected,
      reason: `A new version is ready. ${asked}`,
    });
    const { rollouts } = fixture.stores;
    const [first] = await rollouts.listTransitions(begun.id);
    expect(first.reason).toContain(asked);
    expect(await rollouts.list({ entityRef: ZOO, limit: 9 })).toEqual([]);

    await fixture.services.rollouts.abortRollout(begun, fixture.user);
    await fixture.tick();
    // Who names an entity with a plan gets the same one, for that entity.
    expect(await start(ZOO)).toMatchObject({
      entityRef: ZOO,
      plan: expected,
      reason: `ana asked for it. ${asked}`,
    });
  });

  it('gets no traffic while the plan of one of them is not known', async () => {
    fixture.world.plans.set(SHOP, createTestPlan({ strategy: 'direct' }));
    const { deployments, tracked } = fixture.stores;
    const [held] = await deployments.listById('memory:two');
    const delivery = {
      getPlan: async ({ entityRef }: { entityRef: string }) => {
        if (entityRef === ZOO) throw new Error('not known yet');
        return createTestPlan();
      },
    };
    await expect(
      findSharedPlan({ delivery, deployments, tracked }, held, {
        fresh: true,
        isNamed: true,
      }),
    ).rejects.toThrow('not known yet');
  });
});
