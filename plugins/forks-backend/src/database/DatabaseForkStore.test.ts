import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { ForkSortField, Status } from '@forkyard/plugin-forks-common';
import { encodeCursor } from '@forkyard/backend-kit';
import type { Knex } from 'knex';
import { migrate } from '../__testUtils__/TestForks';
import { DatabaseForkStore } from './DatabaseForkStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const statuses: Status[] = [
  'healthy',
  'failing',
  'unknown',
  'degraded',
  'waiting',
  'in-progress',
];

const sorts: ForkSortField[] = [
  'status',
  'name',
  'live',
  'created',
  'budget',
  'cost',
  'criticals',
  'alerts',
];

/** Fills the registry with forks that differ in everything. */
async function insertForks(knex: Knex, count: number): Promise<void> {
  await knex.raw(
    `insert into forks (name, title, description, entity_ref, owner, system,
       lifecycle, status, status_reason, base_repository, base_sha, slo_tier,
       monthly_budget_usd, live_deployment_id, live_since, provisioning_id,
       created_at, created_by, vitals)
     select 'fork-' || lpad(n::text, 5, '0'), 'Title ' || (n % 7), '',
       'component:default/fork-' || lpad(n::text, 5, '0'),
       'group:default/team-' || (n % 5),
       case when n % 3 = 0 then 'system:default/shop' end, 'active',
       (?::text[])[1 + n % 6], '', 'acme/base-app', repeat('a', 40), 'standard',
       50, case when n % 2 = 0 then 'vercel:' || n end,
       case when n % 2 = 0 then now() - make_interval(mins => n) end,
       'p-' || n, now() - make_interval(mins => n % 100),
       'user:default/user-' || (n % 4),
       case when n % 4 = 0 then '{}'::jsonb else jsonb_build_object(
         'slo', jsonb_build_object('status', (array['ok', 'burning', 'exhausted'])[1 + n % 3],
           'budgetRemainingRatio', 1 - (n % 9) / 4.0),
         'cost', jsonb_build_object('monthToDate', (n % 8 * 10)::text,
           'forecast', (n % 8 * 20)::text, 'budget', '50.00'),
         'findings', jsonb_build_object('openCritical', n % 3, 'openHigh', n % 5,
           'openTotal', n % 5 + 3, 'overdue', n % 2),
         'alerts', jsonb_build_object('firing', n % 2)) end
     from generate_series(1, ?::int) as n`,
    [statuses, count],
  );
  await knex.raw('analyze forks');
}

describe('DatabaseForkStore', () => {
  let knex: Knex;
  let store: DatabaseForkStore;

  async function start(count: number) {
    knex = await databases.init('POSTGRES_18');
    await migrate(knex);
    await insertForks(knex, count);
    store = new DatabaseForkStore(knex);
  }

  async function readAll(request: Parameters<typeof store.listForks>[0]) {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.listForks({ ...request, cursor });
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor);
    return names;
  }

  it.each(sorts)(
    'pages through all forks by %s, each once and in order, both ways',
    async sort => {
      await start(53);
      const ascending = await readAll({ sort, order: 'asc', limit: 7 });
      const descending = await readAll({ sort, order: 'desc', limit: 10 });

      expect(new Set(ascending).size).toBe(53);
      expect(descending).toEqual([...ascending].reverse());
      const column = {
        status: 'status_rank',
        name: 'name',
        live: 'live_order',
        created: 'created_at',
        budget: 'budget_order',
        cost: 'cost_order',
        criticals: 'criticals_order',
        alerts: 'alerts_order',
      }[sort];
      expect(ascending).toEqual(
        await knex('forks').orderBy([column, 'name']).pluck('name'),
      );
    },
  );

  it('shows failing forks first unless asked otherwise', async () => {
    await start(12);
    const { items } = await store.listForks({});
    expect(items.map(({ status }) => status)).toEqual(
      [
        'failing',
        'degraded',
        'waiting',
        'in-progress',
        'unknown',
        'healthy',
      ].flatMap(status => [status, status]),
    );
  });

  it('filters by budget, cost, findings and alerts, and tells them', async () => {
    await start(60);
    const find = async (request: Parameters<typeof store.listForks>[0]) => {
      const { items } = await store.listForks({ ...request, limit: 100 });
      return items.map(({ vitals }) => vitals);
    };
    const burning = await find({ budgets: ['burning', 'exhausted'] });
    expect(burning).toHaveLength(30);
    expect(burning.map(({ slo }) => slo?.status)).not.toContain('ok');

    const over = await find({ costs: ['over'] });
    const forecast = await find({ costs: ['forecast-over'] });
    expect(over.map(({ cost }) => cost?.monthToDate)).toEqual(
      over.map(() => expect.stringMatching(/^(60|70)$/)),
    );
    expect(forecast.map(({ cost }) => cost?.monthToDate)).toEqual(
      forecast.map(() => expect.stringMatching(/^(30|50)$/)),
    );
    expect([over.length, forecast.length]).toEqual([14, 15]);

    expect(await find({ findings: ['critical'] })).toHaveLength(30);
    expect(
      (await find({ findings: ['overdue'] })).map(({ findings }) => findings),
    ).toEqual(
      expect.arrayContaining([
        { openCritical: 0, openHigh: 3, openTotal: 6, overdue: 1 },
      ]),
    );
    expect(await find({ findings: ['unknown'], costs: ['unknown'] })).toEqual(
      Array.from({ length: 15 }, () => ({})),
    );
    expect(await find({ firing: true })).toHaveLength(30);
  });

  it('filters by owner, system, status and the beginnings of words', async () => {
    await start(60);
    await knex('forks')
      .where({ name: 'fork-00001' })
      .update({ title: "O'Hara image studio" });
    const find = (request: Parameters<typeof store.listForks>[0]) =>
      readAll({ ...request, sort: 'name' });

    expect(await find({ owners: ['group:default/team-1'] })).toHaveLength(12);
    expect(
      await find({
        owners: ['group:default/team-1', 'group:default/team-2'],
        systems: ['system:default/shop'],
        statuses: ['healthy', 'degraded'],
      }),
    ).toEqual(
      await knex('forks')
        .whereIn('owner', ['group:default/team-1', 'group:default/team-2'])
        .where({ system: 'system:default/shop' })
        .whereIn('status', ['healthy', 'degraded'])
        .orderBy('name')
        .pluck('name'),
    );
    expect(await find({ search: 'STU ima' })).toEqual(['fork-00001']);
    expect(await find({ search: "o'h" })).toEqual(['fork-00001']);
    expect(await find({ search: 'fork-0001' })).toHaveLength(10);
    expect(await find({ search: '& | ! : * ( )' })).toHaveLength(60);
    expect(await find({ search: "'; drop table forks" })).toEqual([]);
  });

  it('applies the conditions of a permission decision in SQL', async () => {
    await start(20);
    const owner = (...values: string[]) => ({ key: 'owner' as const, values });
    const creator = (...values: string[]) => ({
      key: 'createdBy' as const,
      values,
    });
    const count = async (
      filter: Parameters<typeof store.listForks>[0]['filter'],
    ) => (await store.listForks({ filter, limit: 100 })).items.length;

    expect(await count(owner('group:default/team-1'))).toBe(4);
    expect(await count(owner())).toBe(0);
    expect(
      await count({
        anyOf: [owner('group:default/team-1'), creator('user:default/user-1')],
      }),
    ).toBe(8);
    expect(
      await count({
        allOf: [owner('group:default/team-1'), creator('user:default/user-1')],
      }),
    ).toBe(1);
    expect(await count({ not: owner('group:default/team-1') })).toBe(16);
    expect(
      (await store.summarizeForks({ filter: owner('group:default/team-1') }))
        .owners,
    ).toEqual(['group:default/team-1']);
  });

  it('counts by status and names the owners and systems there are', async () => {
    await start(12);
    await knex('forks')
      .where({ name: 'fork-00001' })
      .update({ lifecycle: 'deleted' });
    expect(await store.summarizeForks({})).toEqual({
      total: 11,
      byStatus: {
        healthy: 2,
        failing: 1,
        unknown: 2,
        degraded: 2,
        waiting: 2,
        'in-progress': 2,
      },
      owners: [0, 1, 2, 3, 4].map(n => `group:default/team-${n}`),
      systems: ['system:default/shop'],
    });
    expect((await store.listForks({})).totalItems).toBe(11);
  });

  it.each([
    'bogus',
    encodeCursor({ sort: 'status', order: 'asc', value: 'x', name: 'a' }),
    encodeCursor({ sort: 'live', order: 'asc', value: 1, name: 'a' }),
    encodeCursor({ sort: 'created', order: 'asc', value: 'x', name: 'a' }),
    encodeCursor({
      sort: 'created',
      order: 'asc',
      value: '0000-01-01T00:00:00Z',
      name: 'a',
    }),
    encodeCursor({ sort: 'name', order: 'asc', value: 'a', name: '\0' }),
  ])('refuses cursor %s, which it did not give', async cursor => {
    await start(1);
    await expect(store.listForks({ cursor })).rejects.toMatchObject({
      name: 'InputError',
    });
  });

  it('writes a projection once, and keeps the moment at which the status began', async () => {
    await start(1);
    const since = new Date('2026-01-01T00:00:00Z');
    await knex('forks').update({
      status_since: since,
      status: 'healthy',
      vitals: {},
    });
    const projection = {
      status: 'healthy' as const,
      statusReason: 'Live abc',
      live: {
        deploymentId: 'vercel:dpl_1',
        sha: 'abc',
        since: '2026-02-01T00:00:00.000Z',
      },
    };
    const update = (changes = {}) =>
      store.updateProjection({
        name: 'fork-00001',
        projection: { ...projection, ...changes },
      });

    expect(await update()).toBe(true);
    expect(await update()).toBe(false);
    expect(await store.findFork({ name: 'fork-00001' })).toMatchObject({
      statusSince: since.toISOString(),
      live: projection.live,
    });
    for (const changes of [
      { productionUrl: 'https://shop.example.com' },
      { live: { ...projection.live, sha: 'def' } },
      { live: { ...projection.live, message: 'Sell more' } },
      { live: { ...projection.live, author: 'ana' } },
      {
        deploysByDay: [
          { date: '2026-01-31', count: 1 },
          { date: '2026-02-01', count: 3 },
        ],
      },
    ]) {
      expect([changes, await update(changes)]).toEqual([changes, true]);
      expect(await store.findFork({ name: 'fork-00001' })).toMatchObject(
        changes,
      );
    }
    expect(await update({ status: 'degraded' })).toBe(true);
    const fork = await store.findFork({ name: 'fork-00001' });
    expect(Date.parse(fork!.statusSince)).toBeGreaterThan(since.getTime());
    await knex('forks').update({ lifecycle: 'failed' });
    expect(await update({ status: 'healthy' })).toBe(false);
  });

  it('hands out each fork once to those who refresh projections', async () => {
    await start(10);
    const take = () =>
      store.takeForksToProject({ limit: 4, olderThanSeconds: 60 });
    const taken = (await Promise.all([take(), take(), take(), take()])).flat();
    expect(new Set(taken.map(({ name }) => name)).size).toBe(taken.length);
    expect(taken.length + (await take()).length).toBe(10);
  });

  it('reads every first page from an index, whatever the number of forks', async () => {
    await start(10_000);
    const explained: string[] = [];
    const spied = new Proxy(knex, {
      apply: (target, self, call) => Reflect.apply(target, self, call),
    });
    const pages: Array<Parameters<typeof store.listForks>[0]> = [];
    for (const sort of sorts) {
      for (const order of ['asc', 'desc'] as const) {
        pages.push(
          { sort, order },
          { sort, order, owners: ['group:default/team-1'] },
        );
      }
    }
    pages.push(
      { statuses: ['failing'] },
      { systems: ['system:default/shop'] },
      { budgets: ['exhausted'], sort: 'budget' },
      { costs: ['over'], sort: 'cost' },
      { findings: ['critical'], sort: 'criticals' },
      { firing: true, sort: 'alerts' },
    );
    const queries: Array<{ sql: string; bindings: Knex.RawBinding[] }> = [];
    const onQuery = (query: { sql: string; bindings: Knex.RawBinding[] }) =>
      queries.push(query);
    spied.on('query', onQuery);
    for (const page of pages) {
      const first = await store.listForks(page);
      await store.listForks({ ...page, cursor: first.nextCursor });
    }
    spied.off('query', onQuery);
    const lists = queries.filter(({ sql }) => sql.includes('order by'));
    expect(lists).toHaveLength(pages.length * 2);
    for (const { sql, bindings } of lists) {
      const { rows } = await knex.raw(
        `explain ${sql.replace(/\$\d+/g, '?')}`,
        bindings,
      );
      const plan = rows
        .map((row: Record<string, string>) => row['QUERY PLAN'])
        .join('\n');
      explained.push(plan);
      expect({ sql, plan }).toMatchObject({
        plan: expect.stringMatching(/Index Scan/),
      });
      expect(plan).not.toMatch(/Seq Scan/);
      expect(plan).not.toMatch(/^\s*(->\s*)?Sort /m);
    }
  });

  it('counts no more rows than it can without slowing down', async () => {
    await start(1500);
    expect((await store.listForks({})).totalItems).toBeUndefined();
    expect(
      (await store.listForks({ owners: ['group:default/team-1'] })).totalItems,
    ).toBe(300);
  });
});
