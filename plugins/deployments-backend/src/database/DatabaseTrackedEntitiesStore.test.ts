import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { DatabaseTrackedEntitiesStore } from './DatabaseTrackedEntitiesStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const shop = {
  entityRef: 'component:default/shop',
  provider: 'vercel',
  etag: 'v1',
};
const project = { provider: 'vercel', projectId: 'prj_1', teamId: 'team_1' };
const claim = { limit: 1, leaseSeconds: 60 };
const success = { succeeded: true as const, nextInSeconds: 30 };

describe('DatabaseTrackedEntitiesStore', () => {
  let knex: Knex;
  let store: DatabaseTrackedEntitiesStore;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    ({ tracked: store } = await createTestStores(knex));
  });

  /** Moves the end of every lease and every due time into the past. */
  const letTimePass = (seconds: number) =>
    knex('tracked_entities').update({
      due_at: knex.raw("due_at - ? * interval '1 second'", [seconds]),
    });

  const secondsUntilDue = async (): Promise<number> => {
    const [row] = await knex('tracked_entities').select(
      knex.raw('extract(epoch from due_at - now())::float as seconds'),
    );
    return row.seconds;
  };

  it('makes a new entity due at once, and only once', async () => {
    await store.track([shop]);
    await store.track([shop]);
    expect(await store.list()).toEqual([
      { entityRef: shop.entityRef, provider: 'vercel' },
    ]);
    expect(await store.claimDue({ ...claim, limit: 10 })).toHaveLength(1);
    expect(await store.claimDue({ ...claim, limit: 10 })).toEqual([]);
  });

  it('takes thousands of entities at once', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => ({
      ...shop,
      entityRef: `component:default/shop-${i}`,
    }));
    await store.track(many);
    expect(await store.list()).toHaveLength(2500);
    await store.untrack(many);
    expect(await store.list()).toEqual([]);
  });

  it('never lets two workers claim the same entity', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      ...shop,
      entityRef: `component:default/shop-${i}`,
    }));
    await store.track(many);
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => store.claimDue({ ...claim, limit: 5 })),
    );
    const refs = claims.flat().map(({ entityRef }) => entityRef);
    expect(refs).toHaveLength(40);
    expect(new Set(refs).size).toBe(40);
  });

  it('gives an entity to somebody else when its lease has run out', async () => {
    await store.track([shop]);
    const [first] = await store.claimDue(claim);
    await letTimePass(61);
    const [second] = await store.claimDue(claim);
    expect(second.entityRef).toBe(first.entityRef);
    expect(second.leaseId).not.toBe(first.leaseId);
  });

  it('does not let a stale completion disturb its successor', async () => {
    await store.track([shop]);
    const [first] = await store.claimDue(claim);
    await letTimePass(61);
    const [second] = await store.claimDue(claim);

    expect(await store.complete(first.leaseId, success)).toBe(false);
    expect(await store.claimDue(claim)).toEqual([]);
    expect((await store.listByEntity(shop.entityRef))[0].lastSuccessAt).toBe(
      undefined,
    );
    expect(await store.complete(second.leaseId, success)).toBe(true);
  });

  it('makes an entity due again after the time that its completion names', async () => {
    await store.track([shop]);
    const [claimed] = await store.claimDue(claim);
    await store.complete(claimed.leaseId, success);
    expect(await store.claimDue(claim)).toEqual([]);
    expect(await secondsUntilDue()).toBeGreaterThan(25);
    await letTimePass(31);
    expect(await store.claimDue(claim)).toHaveLength(1);
  });

  it('counts failures and forgets them after a success', async () => {
    await store.track([shop]);
    for (const failures of [1, 2]) {
      const [claimed] = await store.claimDue(claim);
      await store.complete(claimed.leaseId, {
        succeeded: false,
        nextInSeconds: 0,
        error: 'Vercel is away',
      });
      const [held] = await store.listByEntity(shop.entityRef);
      expect(held).toMatchObject({ failures, lastError: 'Vercel is away' });
      expect(held.lastSuccessAt).toBeUndefined();
    }
    await store.recordOutcome(shop, success);
    expect(await store.listByEntity(shop.entityRef)).toEqual([
      expect.objectContaining({
        failures: 0,
        lastError: undefined,
        lastSuccessAt: expect.any(Date),
      }),
    ]);
  });

  describe('a request to look at a project at once', () => {
    beforeEach(async () => {
      await store.track([shop]);
      await store.setProject(shop, project);
    });

    it('makes an idle entity due', async () => {
      const [claimed] = await store.claimDue(claim);
      await store.complete(claimed.leaseId, success);
      expect(await store.requestReconcile(project)).toBe(1);
      expect(await store.claimDue(claim)).toHaveLength(1);
    });

    it('does not disturb a running worker, and makes the entity due when it is done', async () => {
      const [claimed] = await store.claimDue(claim);
      await store.requestReconcile(project);
      expect(await store.claimDue(claim)).toEqual([]);
      await store.complete(claimed.leaseId, success);
      expect(await store.claimDue(claim)).toHaveLength(1);
    });

    it('concerns the entities of that project alone', async () => {
      expect(
        await store.requestReconcile({ ...project, projectId: 'prj_2' }),
      ).toBe(0);
      expect(
        await store.requestReconcile({ ...project, provider: 'other' }),
      ).toBe(0);
    });
  });

  it('does not push out an entity that is due earlier, after a look without a lease', async () => {
    await store.track([shop]);
    await store.recordOutcome(shop, success);
    expect(await store.claimDue(claim)).toHaveLength(1);
    await store.recordOutcome(shop, { ...success, nextInSeconds: 2 });
    expect(await secondsUntilDue()).toBeGreaterThan(50);
  });

  it('resolves the project anew when the entity changed', async () => {
    await store.track([shop]);
    await store.setProject(shop, project);
    const [claimed] = await store.claimDue(claim);
    expect(claimed.project).toEqual(project);
    await store.complete(claimed.leaseId, success);

    await store.track([{ ...shop, etag: 'v2' }]);
    const [changed] = await store.claimDue(claim);
    expect(changed.project).toBeUndefined();
  });

  it('does not keep a project that was read from an outdated entity', async () => {
    await store.track([shop]);
    await store.track([{ ...shop, etag: 'v2' }]);
    await store.setProject(shop, project);
    const [held] = await store.listByEntity(shop.entityRef);
    expect(held.project).toBeUndefined();
  });
});
