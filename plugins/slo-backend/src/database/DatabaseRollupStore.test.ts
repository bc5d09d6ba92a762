import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { createIngestDatabase } from '../ingest/__testUtils__/createIngestDatabase';
import {
  logBatch,
  logRow,
  ownRequests,
  traceBatch,
  traceExport,
} from '../ingest/__testUtils__/rows';
import { DatabaseRollupStore, type RollupLimits } from './DatabaseRollupStore';
import type { RollupCommit } from './RollupStore';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const floor = (at: number, unit: number) => at - (at % unit);
const now = floor(Date.now(), MINUTE);
const hour = floor(now, HOUR);

type RowOptions = Partial<Parameters<typeof logRow>[0]>;

const request = (requestId: string, more: RowOptions = {}) =>
  logRow({ requestId, at: now, ...more });

const requests = (prefix: string, count: number, more: RowOptions = {}) =>
  Array.from({ length: count }, (_, i) => request(`${prefix}-${i}`, more));

const duration = (id: string, durationMs: number, at = now) =>
  traceBatch(traceExport({ at, durationMs, traceId: id.padEnd(32, 'x') }));

const all = { from: new Date(0), to: new Date(now + HOUR) };

/** The same database, with transactions that something happens to. */
function withTransaction(
  knex: Knex,
  transaction: (
    work: (tx: Knex.Transaction) => Promise<unknown>,
  ) => Promise<unknown>,
): Knex {
  return new Proxy(knex, {
    get: (target, key) =>
      key === 'transaction' ? transaction : Reflect.get(target, key),
  });
}

describe('DatabaseRollupStore', () => {
  let knex: Knex;
  const create = (limits?: Partial<RollupLimits>, database = knex) =>
    new DatabaseRollupStore(database, limits);
  const totals = (store = create()) =>
    store.getTotals({ projectIds: ['prj_1'], ...all });

  beforeEach(async () => {
    knex = await createIngestDatabase(await databases.init('POSTGRES_18'));
    await knex('slo_projects').insert({
      project_id: 'prj_1',
      entity_ref: 'component:default/shop',
      seen_at: knex.fn.now(),
    });
  });

  it('counts a request once, however its rows are spread and repeated', async () => {
    const store = create();
    const rows = ['a', 'b', 'c'].map(id => request(id));
    await store.commit([logBatch([rows[0], rows[0], rows[1]])]);
    await store.commit([logBatch([rows[1], rows[2]]), logBatch(rows)]);
    const [receipt] = await store.commit([logBatch(rows)]);
    expect(receipt).toEqual({
      counted: 0,
      repeated: 3,
      ignored: 0,
      rejected: {},
    });
    expect(await totals()).toMatchObject({ requests: 3, errors: 0 });
  });

  it('counts an error of which a later row tells, once', async () => {
    const [one, two] = [create(), create()];
    await one.commit([logBatch([request('a')])]);
    const failed = logBatch([request('a', { status: 500 })]);
    await two.commit([failed]);
    await one.commit([failed]);
    expect(await totals()).toMatchObject({ requests: 1, errors: 1 });
  });

  it('counts once what two replicas get at the same time', async () => {
    const replicas = [create(), create(), create()];
    const batches = Array.from({ length: 12 }, (_, i) =>
      logBatch(requests(`r${i % 6}`, 50, { status: i % 2 ? 500 : 200 })),
    );
    await Promise.all(
      replicas.map(async (replica, offset) => {
        for (let i = 0; i < batches.length; i += 1) {
          await replica.commit([batches[(i * 5 + offset) % batches.length]]);
        }
      }),
    );
    expect(await totals()).toMatchObject({ requests: 300, errors: 150 });
  });

  it('adds durations to those that are held, whichever replica has them', async () => {
    const [one, two] = [create(), create()];
    await one.commit([duration('a', 10), duration('b', 20)]);
    await two.commit([duration('b', 20), duration('c', 900)]);
    await one.commit([logBatch([request('a')]), duration('c', 900)]);
    const { requests: count, durations } = await totals();
    expect([count, durations.count]).toEqual([1, 3]);
    expect(durations.countAtMost(500)).toBe(2);
    expect(durations.getQuantile(1)).toBeCloseTo(900, -1);
    const [point, ...others] = await one.listSeries({
      projectIds: ['prj_1'],
      ...all,
      grain: 'minute',
    });
    expect(others).toEqual([]);
    expect(point).toMatchObject({
      at: new Date(now),
      projectId: 'prj_1',
      deploymentId: 'dpl_1',
      environment: 'production',
      requests: 1,
      errors: 0,
    });
    expect(point.durations.count).toBe(3);
  });

  it("leaves out the durations of the portal's own requests, whichever replica has their logs", async () => {
    const [one, two] = [create(), create()];
    const traceIds = ['a', 'b', 'c'].map(digit => digit.repeat(32));
    const span = (traceId: string) =>
      traceBatch(traceExport({ at: now, durationMs: 10, traceId }));
    const agent = ownRequests.userAgentFor('probe', 'shop.test');
    const logs = logBatch(
      traceIds.map((traceId, index) =>
        request(`r${index}`, {
          more: {
            traceId,
            proxy: {
              timestamp: now,
              statusCode: 200,
              host: 'shop.test',
              userAgent: [index === 0 ? 'curl' : agent],
            },
          },
        }),
      ),
    );
    expect(await one.commit([span(traceIds[1]), logs])).toMatchObject([
      { counted: 0, ignored: 1 },
      { counted: 1, ignored: 2 },
    ]);
    const receipts = await two.commit([
      ...traceIds.map(span),
      span(traceIds[2].toUpperCase()),
    ]);
    expect(receipts.map(({ counted }) => counted)).toEqual([1, 0, 0, 0]);
    await one.commit([logs]);
    const { requests: count, durations } = await totals();
    expect([count, durations.count]).toEqual([1, 1]);
    expect(await knex('drain_batches').count()).toEqual([{ count: '2' }]);
  });

  describe('when it is broken off', () => {
    /** A connection that is ended by force while it waits for the lock. */
    async function commitAndKill(store: DatabaseRollupStore) {
      const holder = await knex.transaction();
      await holder.raw(
        `select pg_advisory_xact_lock(hashtextextended('forkyard slo ingest ' || current_schema(), 0))`,
      );
      const commit = store.commit([logBatch(requests('k', 5))]);
      commit.catch(() => {});
      for (let killed = 0; killed === 0;) {
        const { rows } = await holder.raw<{ rows: unknown[] }>(
          `select pg_terminate_backend(pid) from pg_locks
           join pg_database on pg_database.oid = pg_locks.database
           where locktype = 'advisory' and not granted
           and datname = current_database()`,
        );
        killed = rows.length;
      }
      await holder.rollback();
      return commit;
    }

    it('has counted nothing before the commit, and counts it when it is sent again', async () => {
      const store = create();
      await store.commit([logBatch(requests('a', 2))]);
      await expect(commitAndKill(store)).rejects.toThrow();
      expect(await totals()).toMatchObject({ requests: 2 });
      const [receipt] = await store.commit([logBatch(requests('k', 5))]);
      expect(receipt).toMatchObject({ counted: 5, repeated: 0 });
      expect(await totals()).toMatchObject({ requests: 7 });
    });

    it('knows what it committed when nobody told it so', async () => {
      let isBroken = true;
      const database = withTransaction(knex, async work => {
        const done = await knex.transaction(work);
        if (isBroken) throw new Error('the connection broke after the commit');
        return done;
      });
      const store = create({}, database);
      const batch = logBatch(requests('a', 3, { status: 500 }));
      await expect(store.commit([batch])).rejects.toThrow(/broke after/);
      isBroken = false;
      const [receipt] = await store.commit([batch]);
      expect(receipt).toMatchObject({ counted: 0, repeated: 3 });
      expect(await totals()).toMatchObject({ requests: 3, errors: 3 });
    });

    it('knows after a start what it counted before', async () => {
      await create().commit([logBatch(requests('a', 300))]);
      const [receipt] = await create().commit([logBatch(requests('a', 301))]);
      expect(receipt).toMatchObject({ counted: 1, repeated: 300 });
    });
  });

  it('rejects by the clock of the database, keeps count of it, and loses nothing beside', async () => {
    const store = create({ maxAgeMs: HOUR, maxProjects: 2 });
    const [receipt] = await store.commit([
      logBatch([
        request('a'),
        request('b', { at: now + 10 * MINUTE }),
        request('c', { at: now - 2 * HOUR }),
        request('d', { projectId: 'prj_2' }),
        request('e', { projectId: 'prj_3' }),
        request('f', { deploymentId: "dpl_'); drop table x" }),
      ]),
    ]);
    expect(receipt).toEqual({
      counted: 2,
      repeated: 0,
      ignored: 0,
      rejected: {
        incomplete: 1,
        future: 1,
        'too-old': 1,
        'too-many-projects': 1,
      },
    });
    await create({ maxProjects: 2 }).commit([
      logBatch([request('g', { projectId: 'prj_3' })]),
    ]);
    const rows = await knex('drain_rejections')
      .select('kind', 'reason', 'count')
      .orderBy('reason');
    expect(rows).toEqual([
      { kind: 'logs', reason: 'future', count: '1' },
      { kind: 'logs', reason: 'incomplete', count: '1' },
      { kind: 'logs', reason: 'too-many-projects', count: '2' },
      { kind: 'logs', reason: 'too-old', count: '1' },
    ]);
    expect(await totals()).toMatchObject({ requests: 1 });
  });

  it('never counts twice what it had to forget', async () => {
    const store = create({ maxRemembered: 10 });
    const old = logBatch(requests('old', 8, { at: now - HOUR }));
    await store.commit([old]);
    await store.commit([logBatch(requests('new', 8))]);
    await store.prune();
    expect(await knex('drain_batches').count()).toEqual([{ count: '1' }]);
    const [receipt] = await create({ maxRemembered: 10 }).commit([old]);
    expect(receipt).toMatchObject({ counted: 0, rejected: { 'too-old': 8 } });
    expect(await totals()).toMatchObject({ requests: 16 });
  });

  it('tells of a commit once it is durable, and of none that counts nothing', async () => {
    const store = create();
    const told: { commit: RollupCommit; requests: Promise<number> }[] = [];
    const end = store.onCommitted(commit => {
      told.push({ commit, requests: totals().then(sum => sum.requests) });
    });
    const batch = logBatch([
      request('a'),
      request('b', { projectId: 'prj_2', at: now - 5 * MINUTE }),
    ]);
    await store.commit([batch]);
    await store.commit([batch]);
    end();
    await store.commit([logBatch([request('c')])]);
    expect(told).toHaveLength(1);
    expect(told[0].commit).toEqual({
      projectIds: ['prj_1', 'prj_2'],
      from: new Date(now - 5 * MINUTE),
      to: new Date(now),
    });
    expect(await told[0].requests).toBeGreaterThan(0);
  });

  it('knows when a project was last heard of', async () => {
    const store = create();
    await store.commit([
      logBatch([request('a', { at: now - MINUTE }), request('b')]),
      duration('c', 5, now - 2 * MINUTE),
      logBatch([request('d', { projectId: 'prj_2' })]),
    ]);
    await store.commit([logBatch([request('e', { at: now - 3 * MINUTE })])]);
    expect(
      await store.listLastSeen({ projectIds: ['prj_1', 'prj_2', 'prj_9'] }),
    ).toEqual([
      {
        projectId: 'prj_1',
        lastRequestAt: new Date(now),
        lastDurationAt: new Date(now - 2 * MINUTE),
      },
      {
        projectId: 'prj_2',
        lastRequestAt: new Date(now),
        lastDurationAt: undefined,
      },
    ]);
  });

  describe('hours', () => {
    const at = (hoursAgo: number, minutes: number) =>
      hour - hoursAgo * HOUR + minutes * MINUTE;
    const series = (store: DatabaseRollupStore, grain: 'minute' | 'hour') =>
      store.listSeries({ projectIds: ['prj_1'], ...all, grain });

    it('hold what their minutes hold, also when rows come late', async () => {
      const store = create();
      await store.commit([
        logBatch([
          request('a', { at: at(5, 0) }),
          request('b', { at: at(5, 59), status: 500 }),
          request('c', { at: at(5, 59), deploymentId: 'dpl_2' }),
          request('d', { at: at(4, 0) }),
          request('e', { at: at(0, 0) }),
        ]),
        duration('a', 10, at(5, 1)),
        duration('b', 1000, at(5, 59)),
      ]);
      const check = async (expected: number[]) => {
        const hours = await series(store, 'hour');
        expect(hours.map(point => point.requests)).toEqual(expected);
        expect(await totals(store)).toMatchObject({
          requests: expected.reduce((sum, count) => sum + count, 0),
          errors: 1,
        });
      };
      await check([2, 1, 1, 1]);
      await store.rollUpHours();
      await store.rollUpHours();
      await check([2, 1, 1, 1]);
      // Two hours and more back are now read from hours alone.
      const held = await knex('rollup_hours').orderBy(['at', 'deployment_id']);
      expect(held.map(row => row.requests)).toEqual([2, 1, 1]);
      const [first] = await series(store, 'hour');
      expect(first).toMatchObject({ at: new Date(at(5, 0)), errors: 1 });
      expect(first.durations.count).toBe(2);
      expect(first.durations.countAtMost(100)).toBe(1);

      await store.commit([
        logBatch([request('late', { at: at(5, 30) })]),
        duration('late', 20, at(5, 30)),
      ]);
      await check([3, 1, 1, 1]);
      await store.rollUpHours();
      await check([3, 1, 1, 1]);
      const [again] = await knex('rollup_hours').orderBy([
        'at',
        'deployment_id',
      ]);
      expect(again).toMatchObject({ requests: 3, errors: 1, durations: 3 });
    });

    it('are added up again when rows come in meanwhile', async () => {
      const store = create();
      await store.commit([logBatch([request('a', { at: at(5, 0) })])]);
      const database = withTransaction(knex, async work => {
        await store.commit([logBatch([request('b', { at: at(5, 1) })])]);
        return knex.transaction(work);
      });
      await create({}, database).rollUpHours();
      expect(await totals(store)).toMatchObject({ requests: 2 });
      await store.rollUpHours();
      expect(await totals(store)).toMatchObject({ requests: 2 });
      expect(await knex('rollup_hours').select('requests')).toEqual([
        { requests: 2 },
      ]);
    });

    it('take boundaries of long ago down to the hour, and late ones to the minute', async () => {
      const store = create();
      await store.commit([
        logBatch([
          request('a', { at: at(5, 10) }),
          request('b', { at: at(4, 10) }),
          request('c', { at: now - 2 * MINUTE }),
          request('d', { at: now }),
        ]),
      ]);
      await store.rollUpHours();
      const between = async (from: number, to: number) =>
        (
          await store.getTotals({
            projectIds: ['prj_1'],
            from: new Date(from),
            to: new Date(to),
            withoutDurations: true,
          })
        ).requests;
      expect(await between(at(5, 30), now)).toBe(3);
      expect(await between(at(5, 30), at(4, 30))).toBe(1);
      expect(await between(now - MINUTE, now + MINUTE)).toBe(1);
      expect(await between(now - 2 * MINUTE, now)).toBe(1);
    });
  });

  it('deletes minutes after two days and hours after 35, but no minute that is in no hour', async () => {
    const store = create();
    await store.commit([logBatch([request('a')])]);
    await knex('rollup_minutes').update({ at: new Date(now - 49 * HOUR) });
    await knex('rollup_hours').insert(
      [34, 36].map(days => ({
        project_id: 'prj_1',
        at: new Date(hour - days * 24 * HOUR),
        deployment_id: 'dpl_1',
        environment: 'production',
        requests: 1,
        errors: 0,
        durations: 0,
      })),
    );
    await store.prune();
    expect(await knex('rollup_minutes').count()).toEqual([{ count: '1' }]);
    expect(await knex('rollup_hours').count()).toEqual([{ count: '1' }]);
    await store.rollUpHours();
    await store.prune();
    expect(await knex('rollup_minutes').count()).toEqual([{ count: '0' }]);
    expect(await totals()).toMatchObject({ requests: 2 });
  });

  it('reads environments and deployments apart', async () => {
    const store = create();
    await store.commit([
      logBatch([
        request('a'),
        request('b', { deploymentId: 'dpl_2' }),
        request('c', { deploymentId: 'dpl_3', environment: 'preview' }),
        request('d', { projectId: 'prj_2' }),
      ]),
    ]);
    const count = async (more: object) =>
      (await store.getTotals({ projectIds: ['prj_1'], ...all, ...more }))
        .requests;
    expect(await count({})).toBe(3);
    expect(await count({ environment: 'production' })).toBe(2);
    expect(await count({ deploymentIds: ['dpl_2', 'dpl_3'] })).toBe(2);
    expect(await count({ deploymentIds: [] })).toBe(0);
    expect(await count({ projectIds: [] })).toBe(0);
    expect(await count({ projectIds: ['prj_1', 'prj_2'] })).toBe(4);
  });

  it('reads a series and totals from an index', async () => {
    await knex.raw(
      `insert into rollup_minutes
         (project_id, at, deployment_id, environment, requests, errors, durations, changed_sequence)
       select 'prj_' || p, now() - m * interval '1 minute', 'dpl_1', 'production', 1, 0, 0, 1
       from generate_series(1, 40) p, generate_series(1, 1000) m`,
    );
    await knex.raw('analyze');
    const plans: string[] = [];
    const listener = async ({
      sql,
      bindings,
    }: {
      sql: string;
      bindings: unknown[];
    }) => {
      plans.push(JSON.stringify({ sql, bindings }));
    };
    knex.on('query', listener);
    const query = {
      projectIds: ['prj_7'],
      from: new Date(now - HOUR),
      to: new Date(now),
    };
    const store = create();
    await store.listSeries({ ...query, grain: 'minute' });
    await store.listSeries({ ...query, grain: 'hour' });
    await store.getTotals(query);
    knex.removeListener('query', listener);
    expect(plans).toHaveLength(3);
    for (const plan of plans) {
      const { sql, bindings } = JSON.parse(plan);
      const { rows } = await knex.raw<{ rows: { 'QUERY PLAN': string }[] }>(
        `explain ${sql.replaceAll(/\$\d+/g, '?')}`,
        bindings,
      );
      const text = rows.map(row => row['QUERY PLAN']).join('\n');
      expect(text).toMatch(/(Index|Bitmap Index) Scan .*rollup_minutes_pkey/);
      expect(text).not.toMatch(/Seq Scan on rollup_minutes/);
    }
  });
});
