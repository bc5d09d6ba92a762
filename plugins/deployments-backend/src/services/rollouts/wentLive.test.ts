import { TestDatabases } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { RolloutFixture, SHOP } from '../../__testUtils__/RolloutFixture';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const PROJECT = { provider: 'memory', projectId: 'prj_1' };

describe('a version that went live past its plan', () => {
  let knex: Knex;
  let fixture: RolloutFixture;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    fixture = await RolloutFixture.create(knex);
    fixture.world.slo.serve('one', { requests: 2000, errors: 4, slow: 100 });
  });

  /** The provider gives a new version all traffic as soon as it is ready. */
  async function goLive(externalId: string, createdAt = new Date()) {
    fixture.provider.put({ externalId, createdAt });
    fixture.provider.setLive(externalId);
    await fixture.look();
    await fixture.services.starter.startWaiting();
  }

  const transitionsOf = async (externalId: string) => {
    const { id } = await fixture.find(externalId);
    const found = await fixture.stores.rollouts.listTransitions(id);
    return found.map(({ to, reason }) => `${to}: ${reason}`);
  };

  it('is told on the page and watched, and taken back when it fails', async () => {
    await fixture.stores.stagings.put(PROJECT, { told: false });
    await goLive('two');
    await fixture.tick();
    expect(await transitionsOf('two')).toEqual([
      'queued: It went live before staging was on, so none of its checks was asked.',
      'watching: It got all traffic outside of this rollout, without its checks and stages, so it is watched for 1 minute.',
    ]);
    expect(await fixture.find('two')).toMatchObject({
      percent: 100,
      stableDeploymentId: 'memory:one',
      plan: { strategy: 'canary' },
    });
    await fixture.services.starter.startWaiting();
    fixture.world.slo.serve('two', { requests: 500, errors: 200 });
    await fixture.tick(5);
    expect(fixture.live).toBe('one');
    const { state, reason } = await fixture.find('two');
    expect(state).toBe('rolled-back');
    expect(reason).toContain('500 requests met the new version, 200 of them');
  });

  it('is promoted when it serves well, whoever switched staging off', async () => {
    await fixture.services.staging.alignAll();
    await goLive('two', new Date(Date.now() + 60_000));
    await fixture.tick();
    expect((await transitionsOf('two'))[0]).toBe(
      "queued: It went live although new versions wait here: somebody switched that off at 'memory', or moved the traffic there.",
    );
    await fixture.serveWell(14);
    expect(await fixture.find('two')).toMatchObject({ state: 'promoted' });
  });

  it('is only told of where nothing is to be watched, or nothing is left to go back to', async () => {
    await fixture.services.staging.alignAll();
    fixture.world.plan = createTestPlan({ watchMinutes: 0 });
    await goLive('two');
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'promoted',
      reason: 'It got all traffic outside of this rollout.',
    });
    fixture.world.plan = createTestPlan();
    await goLive('three');
    fixture.provider.deployments.delete('two');
    await fixture.tick(31);
    expect(await fixture.find('three')).toMatchObject({
      state: 'promoted',
      reason: expect.stringContaining('no version is left'),
    });
  });

  it('is watched, too, when it goes live while its rollout waits, as soon as requests can be counted', async () => {
    fixture.world.gates = [
      { gate: 'ci', state: 'waiting', reason: 'CI runs.', checkedAt: '' },
    ];
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    fixture.provider.setLive('two');
    fixture.world.slo.failure = new ServiceUnavailableError('slo is down');
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'checking',
      reason: expect.stringContaining('slo is down'),
    });
    fixture.world.slo.failure = undefined;
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'watching',
      stableDeploymentId: 'memory:one',
    });
  });

  it('is none of these: a first version, one from before the plan, an older one, one of a direct plan', async () => {
    const tell = () => fixture.services.starter.startWaiting();
    const expectNone = (name: string) =>
      expect(fixture.find(name)).rejects.toThrow('has no rollout');
    await fixture.services.staging.alignAll();
    await tell();
    await expectNone('one');
    await goLive('older', new Date(500));
    await expectNone('older');
    fixture.world.plan = createTestPlan({ strategy: 'direct' });
    await goLive('direct');
    await expectNone('direct');
    fixture.world.plan = createTestPlan();
    await knex('staged_projects').update({
      asked_at: knex.raw("now() + interval '1 minute'"),
    });
    await goLive('before');
    await expectNone('before');
  });

  it('is prevented where staging is switched off at the provider: that is seen, and it is told again', async () => {
    const { staging } = fixture.services;
    const { tracked } = fixture.stores;
    const see = async (isStaged: boolean | undefined, askedAt?: Date) =>
      staging.noteSeen({
        entityRef: SHOP,
        project: PROJECT,
        environments: [
          { environment: 'staging', aliases: [], isStaged: false },
          { environment: 'production', aliases: [], isStaged },
        ],
        askedAt: askedAt ?? (await tracked.now()),
      });
    const told = () =>
      fixture.provider.calls.filter(call => call === 'setStaging true').length;
    const before = await tracked.now();
    await staging.alignAll();
    expect(told()).toBe(1);
    await see(true);
    await see(undefined);
    await see(false, before);
    await staging.alignAll();
    expect(told()).toBe(1);
    await see(false);
    await staging.alignAll();
    expect(told()).toBe(2);
    expect(fixture.world.audited).toEqual(
      [1, 2].map(() =>
        expect.objectContaining({
          eventId: 'project-stage',
          meta: expect.objectContaining({ entityRef: SHOP, isStaged: true }),
        }),
      ),
    );
  });

  it('is prevented while it is built, by the plan that came with it', async () => {
    const { staging } = fixture.services;
    const deploymentId = 'memory:one';
    await staging.stageEntity({ entityRef: SHOP, deploymentId });
    await staging.stageEntity({ entityRef: SHOP, deploymentId });
    expect(fixture.provider.isStaged).toBe(true);
    expect(fixture.world.audited).toHaveLength(1);
    await staging.stageEntity({
      entityRef: 'component:default/none',
      deploymentId,
    });
    expect(fixture.world.audited).toHaveLength(1);
  });
});
