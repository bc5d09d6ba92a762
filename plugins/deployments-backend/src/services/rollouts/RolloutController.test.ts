import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { RolloutFixture } from '../../__testUtils__/RolloutFixture';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('RolloutController', () => {
  let fixture: RolloutFixture;

  beforeEach(async () => {
    fixture = await RolloutFixture.create(await databases.init('POSTGRES_18'));
  });

  it('takes a good version through the stages of a canary and its watch', async () => {
    const { provider } = fixture;
    fixture.world.slo.serve('one', { requests: 1000, errors: 2, slow: 50 });
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'progressing',
      percent: 5,
      stageIndex: 0,
      stableDeploymentId: 'memory:one',
      createdBy: 'ben',
      progress: { latencyThresholdMilliseconds: 100 },
    });
    expect(provider.canary?.current).toMatchObject({
      canaryExternalId: 'two',
      percent: 5,
    });
    await fixture.serveWell(5);
    expect((await fixture.find('two')).stageIndex).toBe(0);
    await fixture.serveWell(8);
    expect(await fixture.find('two')).toMatchObject({ percent: 50 });
    await fixture.serveWell(40);
    expect(fixture.live).toBe('two');
    expect(await fixture.find('two')).toMatchObject({
      state: 'promoted',
      percent: 100,
      endedAt: expect.any(String),
    });
    expect(await fixture.statesOf('two')).toEqual([
      'queued',
      'checking',
      'progressing',
      'progressing',
      'progressing',
      'progressing',
      'switching',
      'watching',
      'promoted',
    ]);
    const { id } = await fixture.find('two');
    const points = await fixture.stores.rollouts.listPoints(id);
    expect(points.length).toBeGreaterThan(10);
    expect(points.at(-1)).toMatchObject({
      percent: 100,
      canary: { requests: 300, errors: 1, p95Milliseconds: 100 },
    });
    expect(fixture.world.notifications).toEqual([
      'Rollout of shop to production was promoted',
    ]);
  });

  it('has in its log, once and before the decision, that an approval is asked for', async () => {
    const { world, stores } = fixture;
    world.plan = createTestPlan({
      approval: true,
      stages: [{ percent: 5, minutes: 60, approval: true }],
    });
    world.slo.serve('one', { requests: 1000 });
    const gate = (state: 'waiting' | 'passed') =>
      (world.gates = [
        { gate: 'approval', state, reason: 'See.', checkedAt: '' },
      ]);
    gate('waiting');
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    const rollout = await fixture.find('two');
    const log = () => stores.rollouts.listTransitions(rollout.id);
    expect(await log()).toHaveLength(2);

    const ask = async (stageIndex?: number) => {
      world.approvals.push({
        id: `approval-${stageIndex}`,
        rolloutId: rollout.id,
        entityRef: rollout.entityRef,
        environment: 'production',
        stageIndex,
        state: 'pending',
        requestedBy: 'user:default/ana',
        requestedAt: new Date().toISOString(),
        expiresAt: '2100-01-02T09:30:00.000Z',
      });
      // Somebody is quicker than the log.
      const read = await fixture.find('two');
      await stores.rollouts.update(read, {
        change: {},
        transition: {
          to: read.state,
          percent: read.percent,
          actor: 'user:default/bob',
          reason: `Approved for ${read.state}.`,
        },
      });
    };
    await ask();
    await fixture.tick();
    await fixture.tick();
    expect((await log()).slice(2)).toMatchObject([
      {
        from: 'checking',
        to: 'checking',
        percent: 0,
        actor: 'forkyard',
        reason:
          'Approval is asked for: the plan wants that of a second person before any traffic, who is neither ana nor wrote or pushed what it brings. It may be given until 2100-01-02 09:30 UTC.',
      },
      { actor: 'user:default/bob', reason: 'Approved for checking.' },
    ]);

    gate('passed');
    await fixture.tick();
    gate('waiting');
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({ percent: 5 });
    await ask(0);
    gate('passed');
    await fixture.tick();
    await fixture.tick();
    expect((await log()).map(({ reason }) => reason).slice(4)).toEqual([
      'All checks passed: 5 % of the traffic goes to it.',
      expect.any(String),
      expect.stringContaining('a second person after stage 1, who'),
      'Approved for progressing.',
    ]);
  });

  it('sends the traffic back from a version that fails, and says whom it met', async () => {
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    for (let count = 0; count < 3; count++) {
      fixture.world.slo.serve('one', { requests: 950 });
      fixture.world.slo.serve('two', { requests: 50, errors: 20 });
      await fixture.tick(5);
    }
    expect(fixture.live).toBe('one');
    expect(fixture.provider.canary?.current?.state).toBe('aborted');
    const rollout = await fixture.find('two');
    expect(rollout).toMatchObject({ state: 'aborted', percent: 0 });
    expect(rollout.reason).toMatch(
      /\d+ requests met the new version, \d+ of them failed\. one serves all traffic\.$/,
    );
    const transitions = await fixture.stores.rollouts.listTransitions(
      rollout.id,
    );
    expect(transitions.at(-2)).toMatchObject({
      from: 'progressing',
      to: 'switching',
      percent: 0,
      actor: 'forkyard',
      verdict: { decision: 'abort' },
    });
  });

  it('knows from the hours before that failures come in bursts, and lets them pass', async () => {
    const { slo } = fixture.world;
    const points = Array.from({ length: 180 }, (_, step) => ({
      at: new Date(step * 120_000).toISOString(),
      requests: 2400,
      errors: step % 6 === 0 ? 120 : 0,
    }));
    slo.traffic = [
      { deploymentId: 'memory:one', requests: 432_000, errors: 3600, points },
    ];
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    const [{ from, to }] = slo.trafficRequests;
    expect(Date.parse(to!) - Date.parse(from!)).toBe(6 * 60 * 60_000);
    for (let count = 0; count < 4; count++) {
      slo.serve('one', { requests: 950 });
      slo.serve('two', { requests: 50, errors: count === 2 ? 9 : 0 });
      await fixture.tick(5);
    }
    expect(await fixture.find('two')).toMatchObject({ state: 'progressing' });
  });

  it('switches at once and takes it back when it fails while it is watched', async () => {
    fixture.world.plan = createTestPlan({ strategy: 'blue-green', stages: [] });
    fixture.world.slo.serve('one', { requests: 2000, errors: 4 });
    await fixture.push('two', new Date(2000));
    await fixture.tick();
    expect(await fixture.find('two')).toMatchObject({
      state: 'watching',
      percent: 100,
    });
    expect(fixture.live).toBe('two');
    fixture.world.slo.serve('two', { requests: 500, errors: 200 });
    await fixture.tick(5);
    expect(fixture.live).toBe('one');
    expect(await fixture.find('two')).toMatchObject({ state: 'rolled-back' });
  });
});
