import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { createTestStores } from '../../__testUtils__/createTestStores';
import type { DatabaseRolloutStore } from './DatabaseRolloutStore';
import type { NewRollout } from './RolloutStore';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const SHOP = 'component:default/shop';

function createNew(name: string, change: Partial<NewRollout> = {}): NewRollout {
  return {
    entityRef: SHOP,
    environment: 'production',
    deploymentId: `memory:${name}`,
    deploymentCreatedAt: '2026-11-21T09:00:00.000Z',
    plan: createTestPlan(),
    project: { provider: 'memory', projectId: 'prj_1', teamId: 'team' },
    byPerson: false,
    createdBy: 'ben',
    reason: 'A new version is ready.',
    ...change,
  };
}

describe('DatabaseRolloutStore', () => {
  let knex: Knex;
  let store: DatabaseRolloutStore;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    store = (await createTestStores(knex)).rollouts;
  });

  const claim = () => store.claimDue({ limit: 5, leaseSeconds: 60 });

  it('never gives one rollout to two claims', async () => {
    for (const name of ['one', 'two', 'three']) {
      await store.insert(createNew(name));
    }
    const claims = await Promise.all(
      Array.from({ length: 6 }, () =>
        store.claimDue({ limit: 1, leaseSeconds: 60 }),
      ),
    );
    const ids = claims.flat().map(({ rollout }) => rollout.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await claim()).toHaveLength(3 - ids.length);
    expect(await claim()).toEqual([]);
  });

  it('makes what was asked for during a claim due when the claim is completed', async () => {
    const { id } = await store.insert(createNew('one'));
    const [claimed] = await claim();
    await store.requestStep(id);
    expect(await claim()).toEqual([]);
    await store.complete(claimed.leaseId, {
      succeeded: true,
      nextInSeconds: 3600,
    });
    const [again] = await claim();
    expect(again.leaseId).not.toBe(claimed.leaseId);
    await store.complete(again.leaseId, {
      succeeded: false,
      nextInSeconds: 3600,
    });
    expect(await claim()).toEqual([]);
    expect((await store.get(id)).failures).toBe(1);
  });

  it('changes nothing for who read an older revision', async () => {
    const read = await store.insert(createNew('one'));
    const change = { state: 'checking' as const, reason: 'First' };
    const transition = {
      to: 'checking' as const,
      percent: 0,
      actor: 'forkyard',
      reason: 'First',
    };
    expect(await store.update(read, { change, transition })).toBeDefined();
    expect(
      await store.update(read, {
        change: { ...change, reason: 'Second' },
        transition: { ...transition, reason: 'Second' },
      }),
    ).toBeUndefined();
    expect((await store.get(read.id)).reason).toBe('First');
    const transitions = await store.listTransitions(read.id);
    expect(transitions.map(({ reason }) => reason)).toEqual([
      'A new version is ready.',
      'First',
    ]);
  });

  it('lets one rollout of a project begin at a time, and tells of the other', async () => {
    const one = await store.insert(createNew('one'));
    const two = await store.insert(createNew('two'));
    const change = { state: 'checking' as const, reason: 'Begin' };
    await store.update(one, { change });
    await expect(store.update(two, { change })).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('another one is under way'),
    });
    expect((await store.insert(createNew('one'))).id).toBe(one.id);
  });

  it('writes nothing to a rollout that has ended', async () => {
    const one = await store.insert(createNew('one'));
    const ended = await store.update(one, {
      change: { state: 'aborted', reason: 'Enough' },
    });
    expect(ended?.endedAt).toBeDefined();
    expect(
      await store.update(ended!, {
        change: { state: 'promoted', reason: 'No' },
      }),
    ).toBeUndefined();
    expect(await claim()).toEqual([]);
  });

  it('gives at most 500 points, and loses none of their requests', async () => {
    const rollout = await store.insert(createNew('one'));
    const rows = Array.from({ length: 1100 }, (_, count) => ({
      rollout_id: rollout.id,
      at: new Date(count * 1000),
      percent: 5,
      canary: { requests: 2, errors: 1 },
      stable: { requests: 10, errors: 0 },
      harm_progress: 0.1,
      good_progress: 0.2,
    }));
    await knex('rollout_points').insert(rows);
    const points = await store.listPoints(rollout.id);
    expect(points.length).toBeLessThanOrEqual(500);
    const total = points.reduce((sum, { canary }) => sum + canary.requests, 0);
    expect(total).toBe(2200);
    expect(points.at(-1)?.at).toBe(new Date(1_099_000).toISOString());
  });

  it('knows whose traffic was taken back, and whose never came', async () => {
    const had = await store.insert(createNew('one'));
    const trafficSince = '2026-11-21T10:00:00.000Z';
    await store.update(had, {
      change: {
        state: 'rolled-back',
        reason: 'Bad',
        progress: { trafficSince },
        stableDeploymentId: 'memory:zero',
      },
    });
    const never = await store.insert(createNew('two'));
    await store.update(never, {
      change: { state: 'aborted', reason: 'CI failed' },
    });
    expect(await store.listTakenBack([SHOP])).toEqual([
      {
        id: had.id,
        entityRef: SHOP,
        deploymentId: 'memory:one',
        kind: 'rolled-back',
        trafficFrom: new Date(trafficSince),
        trafficBackAt: expect.any(Date),
        stableDeploymentId: 'memory:zero',
      },
    ]);
    const last = await store.findLastEnded({
      provider: 'memory',
      projectId: 'prj_1',
      environment: 'production',
    });
    expect(last?.id).toBe(never.id);
  });
});
