import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { RolloutGate } from '@forkyard/plugin-deployments-common';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { RolloutFixture, SHOP } from '../../__testUtils__/RolloutFixture';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const waiting: RolloutGate = {
  gate: 'approval',
  state: 'waiting',
  reason: 'Waits for the approval of a second person.',
  checkedAt: '2026-11-21T15:00:00.000Z',
};

describe('DefaultRolloutsService', () => {
  let fixture: RolloutFixture;

  beforeEach(async () => {
    fixture = await RolloutFixture.create(await databases.init('POSTGRES_18'));
    fixture.world.slo.serve('one', { requests: 2000, errors: 4, slow: 100 });
  });

  async function beginCanary() {
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    return fixture.find('two');
  }

  it('pauses a canary, keeps its traffic, and does not count the time', async () => {
    const { rollouts } = fixture.services;
    const { id } = await beginCanary();
    await fixture.serveWell(6);
    const paused = await rollouts.pauseRollout(
      { id, comment: 'Lunch' },
      fixture.user,
    );
    expect(paused).toMatchObject({ state: 'paused', percent: 5 });
    expect(paused.stageEndsAt).toBeUndefined();
    await fixture.serveWell(20);
    expect(await fixture.find('two')).toMatchObject({ state: 'paused' });
    await rollouts.resumeRollout({ id }, fixture.user);
    await fixture.serveWell(3);
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      stageIndex: 0,
    });
    await fixture.serveWell(4);
    expect(await fixture.find('two')).toMatchObject({ stageIndex: 1 });
    const { transitions } = await rollouts.getRollout({ id });
    expect(transitions.find(({ to }) => to === 'paused')).toMatchObject({
      from: 'progressing',
      actor: 'user:default/ana',
      comment: 'Lunch',
      percent: 5,
    });
  });

  it('takes a bad version back even while it is paused', async () => {
    const { id } = await beginCanary();
    await fixture.services.rollouts.pauseRollout({ id }, fixture.user);
    for (let count = 0; count < 4; count++) {
      fixture.world.slo.serve('one', { requests: 900 });
      fixture.world.slo.serve('two', { requests: 50, errors: 25 });
      await fixture.tick(5);
    }
    expect(await fixture.find('two')).toMatchObject({ state: 'aborted' });
    expect(fixture.provider.canary?.current?.state).toBe('aborted');
  });

  it('promotes when a person wants it, but not past a gate', async () => {
    const { rollouts } = fixture.services;
    fixture.world.gates = [waiting];
    const { id, state, reason } = await beginCanary();
    expect({ state, reason }).toEqual({
      state: 'checking',
      reason: waiting.reason,
    });
    await expect(
      rollouts.promoteRollout({ id }, fixture.user),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: `Rollout '${id}' cannot be promoted: it is checking. Wait for its next step, or abort it.`,
    });
    fixture.world.gates = [{ ...waiting, state: 'passed' }];
    await fixture.tick();
    fixture.world.gates = [waiting];
    await fixture.tick();
    await expect(rollouts.promoteRollout({ id }, fixture.user)).rejects.toThrow(
      'Waits for the approval of a second person.',
    );
    fixture.world.gates = [];
    await fixture.tick();
    await rollouts.promoteRollout({ id, comment: 'Urgent' }, fixture.user);
    await fixture.tick();
    expect(fixture.live).toBe('two');
    expect(await fixture.find('two')).toMatchObject({
      state: 'watching',
      percent: 100,
    });
    await rollouts.promoteRollout({ id }, fixture.user);
    expect(await fixture.find('two')).toMatchObject({
      state: 'promoted',
      reason: 'Promoted by ana before the watch was over.',
    });
    await expect(rollouts.abortRollout({ id }, fixture.user)).rejects.toThrow(
      'cannot be aborted: it is promoted. Start another one.',
    );
  });

  it('promotes past no stage that a second person is to approve, and past no gate that closed in a pause', async () => {
    const { rollouts } = fixture.services;
    fixture.world.plan = createTestPlan({
      stages: [
        { percent: 5, minutes: 1, approval: false },
        { percent: 50, minutes: 1, approval: true },
      ],
    });
    const { id } = await beginCanary();
    const promote = () => rollouts.promoteRollout({ id }, fixture.user);
    const refusal = 'a second person has to approve it after stage 2';
    await expect(promote()).rejects.toThrow(refusal);
    await fixture.serveWell(14);
    expect(await fixture.find('two')).toMatchObject({ stageIndex: 1 });
    // What was approved before any traffic is not the approval of the stage.
    await expect(promote()).rejects.toThrow(refusal);
    fixture.world.gates = [{ ...waiting, state: 'passed' }];
    await fixture.tick();
    await rollouts.pauseRollout({ id }, fixture.user);
    const freeze = 'Frozen until Monday.';
    fixture.world.gates = [
      { ...waiting, state: 'passed' },
      { ...waiting, gate: 'freeze', reason: freeze },
    ];
    await fixture.tick();
    await expect(promote()).rejects.toThrow(freeze);
    fixture.world.gates.pop();
    await fixture.tick();
    expect(await promote()).toMatchObject({ state: 'switching' });
  });

  it('aborts before, during and after the switch', async () => {
    const { rollouts } = fixture.services;
    const { id } = await beginCanary();
    const aborting = await rollouts.abortRollout({ id }, fixture.user);
    expect(aborting).toMatchObject({ state: 'switching' });
    await expect(rollouts.abortRollout({ id }, fixture.user)).rejects.toThrow(
      'its traffic is being sent back',
    );
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ state: 'aborted' });
    expect(fixture.provider.canary?.current?.state).toBe('aborted');
    const last = (await rollouts.getRollout({ id })).transitions.at(-1);
    expect(last).toMatchObject({ to: 'aborted', actor: 'user:default/ana' });

    fixture.world.gates = [waiting];
    await fixture.push('three', new Date(3000));
    await fixture.tick();
    const three = await fixture.find('three');
    expect(
      await rollouts.abortRollout({ id: three.id }, fixture.user),
    ).toMatchObject({ state: 'aborted', percent: 0 });

    fixture.world.gates = [];
    fixture.world.plan = createTestPlan({ strategy: 'blue-green', stages: [] });
    await fixture.push('four', new Date(4000));
    await fixture.tick();
    expect(fixture.live).toBe('four');
    const four = await fixture.find('four');
    await rollouts.abortRollout({ id: four.id }, fixture.user);
    await fixture.tick();
    expect(await fixture.find('four')).toMatchObject({ state: 'rolled-back' });
    expect(fixture.live).toBe('one');
  });

  it('is done at once, not at the next tick, by whoever may steer', async () => {
    const { rollouts, controller, steps } = fixture.services;
    const { id } = await beginCanary();
    const paused = await rollouts.pauseRollout({ id }, fixture.user);
    expect(paused.asked).toBeUndefined();
    await rollouts.resumeRollout({ id }, fixture.user);
    await fixture.tick();
    let steered = Promise.resolve();
    steps.onRequest(asked => {
      steered = controller.steerOne(asked);
    });
    const promoting = await rollouts.promoteRollout({ id }, fixture.user);
    expect(promoting).toMatchObject({ state: 'switching', asked: 'promote' });
    await steered;
    expect(fixture.live).toBe('two');
    const watching = await rollouts.getRollout({ id });
    expect(watching).toMatchObject({ state: 'watching', percent: 100 });
    expect(watching.asked).toBeUndefined();

    // Somebody else has the lease, and goes on when it is done with its step.
    const claim = () =>
      fixture.stores.rollouts.claimDue({ limit: 1, leaseSeconds: 60 });
    await fixture.makeDue();
    const [other] = await claim();
    const aborting = await rollouts.abortRollout({ id }, fixture.user);
    expect(aborting.asked).toBe('abort');
    await steered;
    expect(fixture.live).toBe('two');
    await fixture.stores.rollouts.complete(other.leaseId, {
      succeeded: true,
      nextInSeconds: 3600,
    });
    await controller.steerDue();
    expect(fixture.live).toBe('one');
    const ended = await rollouts.getRollout({ id });
    expect(ended).toMatchObject({ state: 'rolled-back' });
    expect(ended.asked).toBeUndefined();
  });

  it('ends a rollout whose gate failed, before traffic and between stages', async () => {
    const failed = {
      ...waiting,
      state: 'failed' as const,
      reason: 'Rejected.',
    };
    fixture.world.gates = [failed];
    expect(await beginCanary()).toMatchObject({
      state: 'aborted',
      reason: 'It got no traffic: Rejected.',
    });
    fixture.world.gates = [];
    await fixture.push('three', new Date(3000));
    await fixture.tick();
    expect(await fixture.find('three')).toMatchObject({ percent: 5 });
    fixture.world.gates = [failed];
    await fixture.tick();
    expect(await fixture.find('three')).toMatchObject({ state: 'aborted' });
    expect(fixture.provider.canary?.current?.state).toBe('aborted');
  });

  it('replaces what waits by a newer version, and lets one with traffic end first', async () => {
    fixture.world.gates = [waiting];
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    await fixture.push('three', new Date(3000));
    await fixture.tick();
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'aborted',
      reason: expect.stringContaining('A newer version is rolled out instead'),
    });
    fixture.world.gates = [];
    await fixture.tick();
    expect(await fixture.find('three')).toMatchObject({ percent: 5 });
    await fixture.push('four', new Date(4000));
    await fixture.tick();
    const three = await fixture.find('three');
    expect(await fixture.find('four')).toMatchObject({
      state: 'queued',
      reason: 'Waits until the rollout before it has ended.',
    });
    await fixture.services.rollouts.abortRollout(three, fixture.user);
    await fixture.tick();
    await fixture.tick();
    expect(await fixture.find('four')).toMatchObject({ percent: 5 });
  });

  it('never lets an older version replace a newer one, unless a person wants it', async () => {
    const { rollouts } = fixture.services;
    fixture.provider.put({ externalId: 'old', createdAt: new Date(500) });
    await fixture.look();
    await fixture.services.starter.startWaiting();
    await expect(fixture.find('old')).rejects.toThrow('has no rollout');
    const started = await rollouts.startRollout(
      { entityRef: SHOP, deploymentId: 'memory:old', comment: 'Bisecting' },
      fixture.user,
    );
    expect(started).toMatchObject({ createdBy: 'user:default/ana' });
    expect(
      await rollouts.startRollout(
        { entityRef: SHOP, deploymentId: 'memory:old' },
        fixture.user,
      ),
    ).toMatchObject({ id: started.id });
    await fixture.tick();
    expect(await fixture.find('old')).toMatchObject({ percent: 5 });
  });

  it('begins no rollout twice for a push, nor for what is pinned or direct', async () => {
    const { id } = await beginCanary();
    await fixture.services.rollouts.abortRollout({ id }, fixture.user);
    await fixture.tick();
    await fixture.services.starter.startWaiting();
    expect((await fixture.find('two')).id).toBe(id);

    fixture.world.plan = createTestPlan({ strategy: 'direct' });
    await fixture.push('three', new Date(3000));
    await expect(fixture.find('three')).rejects.toThrow('has no rollout');

    fixture.world.plan = createTestPlan();
    fixture.provider.setLive('zero');
    fixture.provider.put({ externalId: 'zero', createdAt: new Date(100) });
    fixture.provider.environments.get('production')!.pinned = {
      since: new Date(5000),
    };
    await fixture.push('four', new Date(4000));
    await expect(fixture.find('four')).rejects.toThrow('has no rollout');
    delete fixture.provider.environments.get('production')!.pinned;
    await fixture.look();
    await fixture.services.starter.startWaiting();
    expect(await fixture.find('four')).toMatchObject({ state: 'queued' });
  });

  it('takes no author for somebody of the portal who has such a name', async () => {
    fixture.provider.put({
      externalId: 'two',
      createdAt: new Date(2000),
      commit: { sha: 'b'.repeat(40), author: 'user:default/ana' },
    });
    await fixture.look();
    await fixture.services.starter.startWaiting();
    const { id, createdBy } = await fixture.find('two');
    expect(createdBy).toBe("'user:default/ana'");
    const [begun] = await fixture.stores.rollouts.listTransitions(id);
    expect(begun.actor).toBe("'user:default/ana'");
  });

  it('stages deployments where a plan asks for it, and undoes only what it did', async () => {
    const { staging } = fixture.services;
    await staging.alignAll();
    await staging.alignAll();
    const calls = () =>
      fixture.provider.calls.filter(call => call.startsWith('setStaging'));
    expect(calls()).toEqual(['setStaging true']);
    fixture.world.plan = createTestPlan({ strategy: 'direct' });
    await staging.alignAll();
    await staging.alignAll();
    expect(calls()).toEqual(['setStaging true', 'setStaging false']);
    fixture.world.plan = createTestPlan();
    fixture.provider.failure = new Error('Killed');
    await staging.alignAll();
    fixture.provider.failure = undefined;
    fixture.provider.isStaged = false;
    await staging.alignAll();
    expect(fixture.provider.isStaged).toBe(true);
  });

  it('lists rollouts newest first, page by page', async () => {
    const { id } = await beginCanary();
    await fixture.services.rollouts.abortRollout({ id }, fixture.user);
    await fixture.tick();
    await fixture.push('three', new Date(3000));
    const { rollouts } = fixture.services;
    const first = await rollouts.listRollouts({ entityRef: SHOP, limit: 1 });
    const second = await rollouts.listRollouts({
      entityRef: SHOP,
      limit: 1,
      cursor: first.nextCursor,
    });
    expect(
      [...first.items, ...second.items].map(({ deploymentId }) => deploymentId),
    ).toEqual(['memory:three', 'memory:two']);
    expect(second.nextCursor).toBeUndefined();
    const active = await rollouts.listRollouts({
      entityRef: SHOP,
      active: true,
    });
    expect(active.items).toHaveLength(1);
    expect(active.items[0]).not.toHaveProperty('progress');
    await expect(
      rollouts.startRollout(
        { entityRef: SHOP, deploymentId: 'memory:none' },
        fixture.user,
      ),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(
      rollouts.startRollout(
        { entityRef: SHOP, deploymentId: 'memory:one' },
        fixture.user,
      ),
    ).rejects.toThrow("'memory:one' cannot be rolled out: it has been live");
  });
});
