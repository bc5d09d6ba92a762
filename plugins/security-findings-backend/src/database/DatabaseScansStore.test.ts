import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { DatabaseScansStore } from './DatabaseScansStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = { entityRef: 'component:default/shop', repository: 'acme/shop' };
const BLOG = { entityRef: 'component:default/blog', repository: 'acme/blog' };
const key = { ...SHOP, source: 'dependabot', category: '' } as const;

describe('DatabaseScansStore', () => {
  let knex: Knex;
  let store: DatabaseScansStore;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    store = (await createTestStores(knex)).scans;
    await store.track([SHOP], ['dependabot']);
  });

  const claim = (limit = 10, leaseSeconds = 60) =>
    store.claimDue({ limit, leaseSeconds });
  const expireLeases = () => knex('scans').update({ due_at: new Date(0) });

  it('gives what is due to one claimer only', async () => {
    await store.track([BLOG], ['dependabot', 'secrets']);
    const claims = await Promise.all(Array.from({ length: 6 }, () => claim(1)));
    const claimed = claims
      .flat()
      .map(scan => `${scan.entityRef} ${scan.source}`);
    expect(claimed).toHaveLength(3);
    expect(new Set(claimed).size).toBe(3);
    expect(await claim()).toEqual([]);
  });

  it('does not let a stale completion disturb its successor', async () => {
    const [stale] = await claim();
    await expireLeases();
    const [successor] = await claim();
    expect(
      await store.complete(stale.leaseId, {
        condition: 'failing',
        reason: 'late',
        nextInSeconds: 0,
      }),
    ).toBe(false);
    expect(await store.find(key)).toMatchObject({ condition: 'waiting' });
    expect(
      await store.complete(successor.leaseId, {
        condition: 'on',
        version: 'v1',
        nextInSeconds: 60,
      }),
    ).toBe(true);
    expect(await store.find(key)).toMatchObject({
      condition: 'on',
      version: 'v1',
      asOf: expect.any(Date),
    });
    expect(await claim()).toEqual([]);
  });

  it('looks again at what was asked for while it was being looked at', async () => {
    const [claimed] = await claim();
    expect(
      await store.request({ repository: 'acme/shop' }, ['dependabot']),
    ).toBe(1);
    expect(await claim()).toEqual([]);
    await store.complete(claimed.leaseId, {
      condition: 'on',
      nextInSeconds: 3600,
    });
    expect(await claim()).toHaveLength(1);
  });

  it('makes due what an entity or a repository is asked for, and nothing else', async () => {
    await store.track([BLOG], ['dependabot', 'secrets']);
    for (const { leaseId } of await claim()) {
      await store.complete(leaseId, { condition: 'on', nextInSeconds: 3600 });
    }
    await store.request({ entityRef: BLOG.entityRef }, ['secrets']);
    await store.request({ repository: 'acme/shop' }, ['dependabot']);
    const due = await claim();
    expect(due.map(scan => `${scan.entityRef} ${scan.source}`).sort()).toEqual([
      'component:default/blog secrets',
      'component:default/shop dependabot',
    ]);
  });

  it('keeps time and version of the last success through failures and doubts', async () => {
    await store.record(key, {
      condition: 'on',
      version: 'v1',
      nextInSeconds: 60,
    });
    const good = await store.find(key);
    await store.record(key, { condition: 'failing', reason: 'down' });
    await store.record(key, { condition: 'failing', reason: 'still down' });
    expect(await store.find(key)).toMatchObject({
      condition: 'failing',
      reason: 'still down',
      version: 'v1',
      asOf: good!.asOf,
      failures: 2,
    });
    await store.record(key, {
      condition: 'unconfirmed',
      reason: 'far less',
      doubtedVersion: 'v2',
    });
    expect(await store.find(key)).toMatchObject({
      version: 'v1',
      doubtedVersion: 'v2',
      asOf: good!.asOf,
      failures: 0,
    });
    await store.record(key, { condition: 'on', version: 'v3' });
    const recovered = await store.find(key);
    expect(recovered).toMatchObject({ version: 'v3', reason: undefined });
    expect(recovered?.doubtedVersion).toBeUndefined();
  });

  it('looks at once at an entity that names another repository, and not at one that is the same', async () => {
    const [first] = await claim();
    await store.complete(first.leaseId, {
      condition: 'on',
      nextInSeconds: 3600,
    });
    await store.track([SHOP], ['dependabot']);
    expect(await claim()).toEqual([]);
    await store.track([{ ...SHOP, repository: 'acme/shop2' }], ['dependabot']);
    expect(await claim()).toHaveLength(1);
    await store.track(
      [{ entityRef: SHOP.entityRef, refusal: 'It may not' }],
      ['dependabot'],
    );
    expect(await store.findTracked(SHOP.entityRef)).toEqual({
      entityRef: SHOP.entityRef,
      repository: undefined,
      refusal: 'It may not',
    });
  });

  it('forgets whom it no longer follows, but for uploaded reports', async () => {
    await store.record(
      { ...SHOP, source: 'sarif', category: 'semgrep' },
      { condition: 'on' },
    );
    await store.untrack([SHOP.entityRef]);
    expect(await store.listTracked()).toEqual([]);
    expect(await store.listByEntity(SHOP.entityRef)).toMatchObject([
      { source: 'sarif', category: 'semgrep' },
    ]);
    expect([...(await store.listAsOf()).keys()]).toEqual([SHOP.entityRef]);
  });
});
