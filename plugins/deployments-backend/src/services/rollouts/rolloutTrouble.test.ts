import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { Mortal } from '../../__testUtils__/Mortal';
import { RolloutFixture } from '../../__testUtils__/RolloutFixture';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const GOOD_JOURNEY = [
  'queued',
  'checking',
  'progressing',
  'progressing',
  'progressing',
  'progressing',
  'switching',
  'watching',
  'promoted',
];

describe('a rollout on a bad day', () => {
  let fixture: RolloutFixture;

  beforeEach(async () => {
    fixture = await RolloutFixture.create(await databases.init('POSTGRES_18'));
    fixture.world.slo.serve('one', { requests: 2000, errors: 4, slow: 100 });
  });

  /** Brings `two` to the first stage of its canary. */
  async function beginCanary() {
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ percent: 5 });
  }

  async function beginWatch() {
    fixture.world.plan = createTestPlan({ strategy: 'blue-green', stages: [] });
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ state: 'watching' });
  }

  it('goes on after the process was killed between any two calls', async () => {
    const mortal = new Mortal();
    const replica = fixture.createReplica(mortal);
    await fixture.push('two', new Date(2000));
    for (let life = 0; life < 400; life++) {
      fixture.world.slo.serve('one', { requests: 300, errors: 1 });
      fixture.world.slo.serve('two', { requests: 300, errors: 1 });
      fixture.stores.rollouts.movedMs += 5000;
      await fixture.makeDue();
      mortal.live((life % 37) + 1);
      await replica.controller.steerDue().catch(() => {});
      if ((await fixture.find('two')).endedAt) break;
    }
    expect(fixture.live).toBe('two');
    expect(await fixture.statesOf('two')).toEqual(GOOD_JOURNEY);
  });

  it('takes a bad version back although the process is killed again and again', async () => {
    const mortal = new Mortal();
    const replica = fixture.createReplica(mortal);
    await beginCanary();
    for (let life = 0; life < 200; life++) {
      fixture.world.slo.serve('one', { requests: 300 });
      fixture.world.slo.serve('two', { requests: 100, errors: 30 });
      fixture.stores.rollouts.movedMs += 5000;
      await fixture.makeDue();
      mortal.live((life % 23) + 1);
      await replica.controller.steerDue().catch(() => {});
      if ((await fixture.find('two')).endedAt) break;
    }
    expect(fixture.provider.canary?.current?.state).toBe('aborted');
    expect((await fixture.statesOf('two')).slice(-3)).toEqual([
      'progressing',
      'switching',
      'aborted',
    ]);
  });

  it('is steered by one of two controllers, never by both', async () => {
    const replicas = [fixture.createReplica(), fixture.createReplica()];
    await fixture.push('two', new Date(2000));
    for (let count = 0; count < 45; count++) {
      fixture.world.slo.serve('one', { requests: 300, errors: 1 });
      fixture.world.slo.serve('two', { requests: 300, errors: 1 });
      fixture.stores.rollouts.movedMs += 5000;
      await fixture.makeDue();
      await Promise.all(
        replicas.map(({ controller }) => controller.steerDue()),
      );
    }
    expect(await fixture.statesOf('two')).toEqual(GOOD_JOURNEY);
    const moves = fixture.provider.canary!.calls.filter(
      call => call !== 'getCanary',
    );
    expect(moves.filter(call => call.startsWith('start'))).toHaveLength(1);
    const { met } = (await fixture.find('two')).progress.counting!;
    const served = fixture.world.slo.counts.get('memory:two')!;
    expect(met.requests).toBeLessThanOrEqual(served.requests);
  });

  it('keeps what it works on, however long that takes, until somebody else has it', async () => {
    await fixture.push('two', new Date(2000));
    const { rollouts } = fixture.stores;
    const claim = () => rollouts.claimDue({ limit: 1, leaseSeconds: 60 });
    const [claimed] = await claim();
    await fixture.makeDue();
    await rollouts.renew(claimed.leaseId, { leaseSeconds: 60 });
    expect(await claim()).toEqual([]);
    await fixture.makeDue();
    expect(await claim()).toHaveLength(1);
    await fixture.makeDue();
    await rollouts.renew(claimed.leaseId, { leaseSeconds: 60 });
    expect(await claim()).toHaveLength(1);
  });

  it('does nothing with a lease that it has lost', async () => {
    await fixture.push('two', new Date(2000));
    const { rollouts } = fixture.stores;
    const [late] = await rollouts.claimDue({ limit: 1, leaseSeconds: 60 });
    await fixture.makeDue();
    const [successor] = await rollouts.claimDue({ limit: 1, leaseSeconds: 60 });
    expect(
      await rollouts.update(late.rollout, {
        leaseId: late.leaseId,
        change: { state: 'aborted', reason: 'Too late' },
      }),
    ).toBeUndefined();
    expect(
      await rollouts.complete(late.leaseId, {
        succeeded: true,
        nextInSeconds: 1,
      }),
    ).toBe(false);
    expect(await fixture.find('two')).toMatchObject({
      state: 'queued',
      revision: successor.rollout.revision,
    });
  });

  it('gives no traffic to a version that was deleted or failed', async () => {
    fixture.world.gates = [
      { gate: 'ci', state: 'waiting', reason: 'CI runs.', checkedAt: '' },
    ];
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'checking',
      reason: 'CI runs.',
    });
    fixture.provider.deployments.delete('two');
    await fixture.tick(31);
    expect(await fixture.find('two')).toMatchObject({
      state: 'aborted',
      reason:
        'The deployment was deleted at the provider before it had any traffic.',
    });
    fixture.provider.put({ externalId: 'three', state: 'failed' });
    await fixture.look();
    await fixture.services.starter.startWaiting();
    await expect(fixture.find('three')).rejects.toThrow('has no rollout');
  });

  it('sends the traffic back when the new version is deleted while it has some', async () => {
    await beginCanary();
    fixture.provider.deployments.delete('two');
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ state: 'progressing' });
    // A webhook would have the projection know of it within seconds.
    await fixture
      .knex('deployments')
      .where({ id: 'memory:two' })
      .update({ state: 'deleted' });
    await fixture.tick();
    expect(fixture.provider.canary?.current?.state).toBe('aborted');
    const { state, reason } = await fixture.find('two');
    expect(state).toBe('aborted');
    expect(reason).toContain(
      'was deleted at the provider while it had traffic',
    );
  });

  it('moves all traffic on when the stable version is deleted, because nothing is left to go back to', async () => {
    await beginCanary();
    fixture.provider.deployments.delete('one');
    await fixture.tick(31);
    expect(fixture.live).toBe('two');
    expect(await fixture.find('two')).toMatchObject({ state: 'promoted' });
  });

  it('sends the traffic back when the provider accepts a promotion and never finishes it', async () => {
    fixture.provider.isStuck = true;
    fixture.world.plan = createTestPlan({ strategy: 'blue-green', stages: [] });
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'switching',
      percent: 0,
    });
    await fixture.tick(9 * 60);
    expect(await fixture.find('two')).toMatchObject({ state: 'switching' });
    await fixture.tick(2 * 60);
    const { state, reason } = await fixture.find('two');
    expect(state).toBe('aborted');
    expect(reason).toContain(
      "'memory' accepted the promotion and has not finished it in 10 minutes",
    );
    expect(fixture.live).toBe('one');
  });

  it('holds while requests cannot be counted, and never promotes', async () => {
    const { slo } = fixture.world;
    const failure = new ServiceUnavailableError('slo is down');
    slo.failure = failure;
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'checking',
      percent: 0,
      reason:
        'It gets no traffic while requests cannot be counted: slo is down',
    });
    slo.failure = undefined;
    await fixture.tick();
    await fixture.serveWell(3);
    slo.failure = failure;
    await fixture.tick(31 * 60);
    await fixture.tick(31 * 60);
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      percent: 5,
      reason: 'Holds at 5 %, because requests cannot be counted: slo is down',
      verdict: { decision: 'hold' },
    });
    expect(fixture.world.notifications).toEqual([
      'Rollout of shop to production is held',
    ]);
    slo.failure = undefined;
    await fixture.serveWell(60);
    expect(await fixture.find('two')).toMatchObject({ state: 'promoted' });
  });

  it('goes on watching while requests cannot be counted', async () => {
    await beginWatch();
    fixture.world.slo.failure = new ServiceUnavailableError('slo is down');
    await fixture.tick(3600);
    expect(await fixture.find('two')).toMatchObject({ state: 'watching' });
    fixture.world.slo.failure = undefined;
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ state: 'promoted' });
  });

  it('holds a canary that nobody asks anything', async () => {
    await beginCanary();
    await fixture.tick(2 * 3600);
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      percent: 5,
      verdict: { decision: 'hold' },
    });
  });

  it('rolls back when an SLO alert begins after the switch', async () => {
    await beginWatch();
    const alert = {
      id: '1',
      entityRef: 'component:default/shop',
      slo: 'availability',
      severity: 'page' as const,
      state: 'firing' as const,
      startsAt: new Date(1000).toISOString(),
      summary: 'The budget burns 20 times too fast.',
      source: 'slo' as const,
    };
    fixture.world.slo.alerts = [alert];
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ state: 'watching' });
    const startsAt = new Date(Date.now() + 86_400_000).toISOString();
    fixture.world.slo.alerts = [{ ...alert, startsAt }];
    await fixture.tick();
    expect(fixture.live).toBe('one');
    const { state, reason } = await fixture.find('two');
    expect(state).toBe('rolled-back');
    expect(reason).toContain('The budget burns 20 times too fast.');
  });

  it('takes a version back by its verdict while alerts cannot be read', async () => {
    await beginWatch();
    const { slo } = fixture.world;
    slo.listAlerts = async () => {
      throw new ServiceUnavailableError('alerts are down');
    };
    await fixture.tick(3600);
    expect(await fixture.find('two')).toMatchObject({
      state: 'watching',
      reason: expect.stringContaining('alerts are down'),
    });
    slo.serve('two', { requests: 500, errors: 200 });
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ state: 'rolled-back' });
  });

  it('ends as what happened when somebody moves the traffic by hand', async () => {
    await beginCanary();
    fixture.provider.canary!.current!.state = 'aborted';
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'aborted',
      percent: 0,
      reason: expect.stringContaining('Somebody took its traffic away'),
    });
    await fixture.push('three', new Date(3000));
    await fixture.tick();
    fixture.provider.canary!.current!.state = 'complete';
    fixture.provider.setLive('three');
    await fixture.tick();
    expect(await fixture.find('three')).toMatchObject({
      state: 'promoted',
      reason: expect.stringContaining('Somebody moved all traffic to it'),
    });
    await fixture.look();
    fixture.world.plan = createTestPlan({ strategy: 'blue-green', stages: [] });
    await fixture.push('four', new Date(4000));
    await fixture.tick();
    fixture.provider.setLive('three');
    await fixture.tick();
    expect(await fixture.find('four')).toMatchObject({ state: 'rolled-back' });
  });

  it('goes on from the stage to which somebody advanced it by hand', async () => {
    await beginCanary();
    Object.assign(fixture.provider.canary!.current!, {
      stageIndex: 1,
      percent: 50,
    });
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      stageIndex: 1,
      percent: 50,
    });
  });

  it('falls back to blue-green where traffic cannot be split, and says so', async () => {
    fixture.provider.canary = undefined;
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    const { id, state } = await fixture.find('two');
    expect(state).toBe('watching');
    const transitions = await fixture.stores.rollouts.listTransitions(id);
    expect(transitions.map(({ reason }) => reason).join()).toContain(
      "'memory' cannot split traffic, so this canary goes on as blue-green",
    );
  });

  it('waits for a provider that cannot be asked, and goes on afterwards', async () => {
    await beginCanary();
    fixture.provider.failure = new ServiceUnavailableError('Vercel is down');
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      failures: 1,
    });
    fixture.provider.failure = undefined;
    await fixture.serveWell(1);
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      failures: 0,
      percent: 5,
    });
  });

  it('ends when the project is gone for good, not when it is missed for a moment', async () => {
    await beginCanary();
    const gone = new NotFoundError('No project');
    fixture.provider.failure = gone;
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      reason: "'memory' knows no project 'prj_1'. It is looked for again.",
    });
    fixture.provider.failure = undefined;
    await fixture.serveWell(1);
    fixture.provider.failure = gone;
    await fixture.tick(9 * 60);
    await fixture.tick(9 * 60);
    expect(await fixture.find('two')).toMatchObject({ state: 'progressing' });
    await fixture.tick(2 * 60);
    expect(await fixture.find('two')).toMatchObject({ state: 'aborted' });
  });

  it('steers others while a provider takes its time', async () => {
    await beginCanary();
    let finish = () => {};
    const slow = new Promise<void>(resolve => {
      finish = resolve;
    });
    const { canary } = fixture.provider;
    const getCanary = canary!.getCanary.bind(canary);
    canary!.getCanary = async () => {
      await slow;
      return getCanary();
    };
    await fixture.makeDue();
    const steering = fixture.services.controller.steerDue();
    canary!.getCanary = getCanary;
    await fixture.knex('rollouts').insert({
      entity_ref: 'component:default/other',
      environment: 'production',
      provider: 'memory',
      project_id: 'prj_2',
      deployment_id: 'memory:none',
      deployment_created_at: new Date(9000),
      plan: JSON.stringify(createTestPlan()),
      by_person: false,
      state: 'queued',
      reason: 'New',
      gates: '[]',
      progress: '{}',
      created_by: 'ben',
    });
    let other;
    do {
      [other] = await fixture.knex('rollouts').where({ project_id: 'prj_2' });
    } while (!other.ended_at);
    finish();
    await steering;
    expect(other.state).toBe('aborted');
  });

  it('switches at once when nothing serves yet', async () => {
    fixture.provider.deployments.delete('one');
    fixture.provider.environments.clear();
    fixture.provider.put({ externalId: 'one', state: 'deleted' });
    await fixture.look();
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(fixture.live).toBe('two');
    expect(await fixture.statesOf('two')).toEqual([
      'queued',
      'checking',
      'switching',
      'promoted',
    ]);
  });
});
