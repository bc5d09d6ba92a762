import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { createTestPlan } from '../../__testUtils__/createTestRollouts';
import { createTestStores } from '../../__testUtils__/createTestStores';
import type { DatabaseRolloutStore } from './DatabaseRolloutStore';
import type { NewRollout } from './RolloutStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

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

  it('thins the points of what ended long ago to one a minute, and keeps every request and transition', async () => {
    const insertPoints = (rolloutId: string) =>
      knex('rollout_points').insert(
        Array.from({ length: 65 }, (_, count) => ({
          rollout_id: rolloutId,
          at: new Date(count * 5000),
          percent: count < 30 ? 5 : 50,
          canary: { requests: 2, errors: 1, p95Milliseconds: count },
          stable: { requests: 10, errors: 0 },
          harm_progress: count / 100,
          good_progress: 0.2,
        })),
      );
    const endDaysAgo = async (name: string, days: number) => {
      const { id } = await store.insert(createNew(name));
      await insertPoints(id);
      await knex('rollouts')
        .where({ id })
        .update({
          state: 'promoted',
          ended_at: knex.raw("now() - ? * interval '1 day'", [days]),
        });
      return id;
    };
    const old = await endDaysAgo('one', 31);
    const older = await endDaysAgo('two', 400);
    const young = await endDaysAgo('three', 29);
    const active = (await store.insert(createNew('four'))).id;
    await insertPoints(active);

    const thin = () => store.thinEndedPoints({ afterDays: 30, limit: 1 });
    const untouched = await store.listPoints(old);
    expect(await thin()).toBe(1);
    expect(await store.listPoints(old)).toEqual(untouched);
    expect(await store.listPoints(older)).toHaveLength(6);
    expect(await thin()).toBe(1);
    expect(await thin()).toBe(0);

    const points = await store.listPoints(old);
    expect(points.slice(1, 3)).toEqual([
      {
        at: new Date(115_000).toISOString(),
        percent: 5,
        canary: { requests: 24, errors: 12, p95Milliseconds: 23 },
        stable: { requests: 120, errors: 0 },
        harmProgress: 0.23,
        goodProgress: 0.2,
      },
      expect.objectContaining({ percent: 50 }),
    ]);
    const total = points.reduce((sum, { canary }) => sum + canary.requests, 0);
    expect(total).toBe(130);
    expect(await store.listPoints(young)).toHaveLength(65);
    expect(await store.listPoints(active)).toHaveLength(65);
    expect(await store.listTransitions(old)).toHaveLength(1);
  });

  it('finds what is to be thinned by its index, however many were thinned', async () => {
    await knex.raw(
      `insert into rollouts (entity_ref, environment, provider, project_id,
         deployment_id, deployment_created_at, plan, by_person, state, reason,
         gates, progress, created_by, ended_at, points_thinned_at)
       select '${SHOP}', 'production', 'memory', 'prj_1', 'memory:' || n, now(),
         '{}', false, 'promoted', '', '[]', '{}', 'ben',
         now() - interval '90 days', now()
       from generate_series(1, 5000) n`,
    );
    await knex.raw('analyze rollouts');
    const { rows } = await knex.raw<{ rows: Record<string, string>[] }>(
      `explain select id from rollouts
       where ended_at is not null and points_thinned_at is null
         and ended_at < now() - 30 * interval '1 day'
       order by ended_at limit 20 for update skip locked`,
    );
    const plan = rows.map(row => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('using rollouts_to_thin');
    expect(plan).not.toContain('Sort');
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
