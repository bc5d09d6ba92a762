import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { RolloutFixture, SHOP } from '../../__testUtils__/RolloutFixture';
import { findGuarded } from './findGuarded';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const ZOO = 'component:default/zoo';
const project = { provider: 'memory', projectId: 'prj_1' };

describe('a project of two entities', () => {
  let fixture: RolloutFixture;

  beforeEach(async () => {
    fixture = await RolloutFixture.create(await databases.init('POSTGRES_18'));
    fixture.provider.put({ externalId: 'two', createdAt: new Date(2000) });
    await fixture.look();
    const { tracked, deployments } = fixture.stores;
    await tracked.track([{ entityRef: ZOO, provider: 'memory' }]);
    await tracked.setProject({ entityRef: ZOO, provider: 'memory' }, project);
    await deployments.applyObservation({
      entityRef: ZOO,
      project,
      askedAt: await tracked.now(),
      deployments: [...fixture.provider.deployments.values()],
      environments: [...fixture.provider.environments.values()],
    });
    fixture.world.plans.set(ZOO, createTestPlan({ strategy: 'direct' }));
  });

  it('is staged while one of them has a plan that asks for it', async () => {
    const { staging } = fixture.services;
    const calls = () =>
      fixture.provider.calls.filter(call => call.startsWith('setStaging'));
    await staging.alignAll();
    await staging.alignAll();
    expect(calls()).toEqual(['setStaging true']);
    fixture.world.plan = createTestPlan({ strategy: 'direct' });
    await staging.alignAll();
    expect(calls()).toEqual(['setStaging true', 'setStaging false']);
  });

  it('is rolled out by the plan that is not direct, whichever is named', async () => {
    const { rollouts } = fixture.services;
    const start = (entityRef: string) =>
      rollouts.startRollout(
        { entityRef, deploymentId: 'memory:two' },
        fixture.user,
      );
    await expect(start(ZOO)).rejects.toThrow(
      `'${SHOP}' has the same project, and one. Start it for that entity.`,
    );
    expect(await start(SHOP)).toMatchObject({ entityRef: SHOP });
    const { deployments, tracked } = fixture.stores;
    const held = await deployments.listById('memory:two');
    const zoo = held.find(({ entityRef }) => entityRef === ZOO)!;
    const delivery = {
      getPlan: async ({ entityRef }: { entityRef: string }) =>
        fixture.world.plans.get(entityRef) ?? fixture.world.plan,
    };
    const find = () => findGuarded({ delivery, deployments, tracked }, zoo);
    expect(await find()).toMatchObject({ entityRef: SHOP });
    await tracked.untrack([{ entityRef: SHOP, provider: 'memory' }]);
    expect(await find()).toBeUndefined();
  });
});
