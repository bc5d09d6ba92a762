import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  classifyChanges,
  doraMetricNames,
} from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { createDeliveryStores } from '../../__testUtils__/createDeliveryStores';
import { shaOf, writeTraffic } from '../../__testUtils__/writeTraffic';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const SHOP = 'component:default/shop';
const STUDIO = 'component:default/studio';
const START = new Date('2026-11-01T00:00:00Z');
const EARLY = new Date('2026-01-01T00:00:00Z');

async function setUp() {
  const knex = await databases.init('POSTGRES_18');
  const { delivery, commits } = await createDeliveryStores(knex);
  const derive = (...entityRefs: string[]) =>
    delivery.replaceChanges(
      entityRefs.map(entityRef => ({ entityRef, key: '' })),
      ({ spans }) => classifyChanges({ spans, rollouts: [] }),
    );
  const list = async (
    options: Partial<Parameters<typeof delivery.listChanges>[0]> = {},
  ) =>
    delivery.listChanges({
      entityRefs: [SHOP],
      from: EARLY,
      limit: 100,
      ...options,
    });
  return { knex, delivery, commits, derive, list };
}

const key = (entityRef: string, rollouts = '') => ({
  entityRef,
  key: rollouts,
});

/** Which version of a row is there; a row that was left alone keeps it. */
async function versions(knex: Knex): Promise<Record<string, string>> {
  const rows = await knex('delivery_changes').select(
    'id',
    knex.raw('xmin::text as version'),
  );
  return Object.fromEntries(rows.map(({ id, version }) => [id, version]));
}

describe('DatabaseDeliveryStore', () => {
  it('derives deployments from the traffic, and finds out later that one failed', async () => {
    const { knex, commits, derive, list } = await setUp();
    await writeTraffic(knex, SHOP, { history: 'A@0 B@60', start: START });
    await derive(SHOP);
    await commits.saveTime(shaOf('A'), new Date('2026-10-31T23:00:00Z'));
    // Whoever makes a commit says when: this one is of the future.
    await commits.saveTime(shaOf('B'), new Date('2027-01-01T00:00:00Z'));
    expect(await list()).toMatchObject([
      { leadTime: 'unknown', failure: undefined, traffic: 'all' },
      {
        deploymentId: 'vercel:shop-A',
        at: START.toISOString(),
        commit: { sha: shaOf('A') },
        committedAt: '2026-10-31T23:00:00.000Z',
        leadTime: 'known',
        leadTimeSeconds: 3600,
      },
    ]);
    const before = await versions(knex);

    await writeTraffic(knex, SHOP, { history: 'A@66 C@90', start: START });
    await derive(SHOP);
    expect(await list()).toMatchObject([
      { deploymentId: 'vercel:shop-C', repairs: 'live:2' },
      {
        id: 'live:2',
        failure: {
          kind: 'rolled-back',
          recoveredAt: '2026-11-01T01:06:00.000Z',
          recoverySeconds: 360,
          recoveredBy: 'vercel:shop-A',
        },
      },
      { id: 'live:1', failure: undefined },
    ]);
    const after = await versions(knex);
    expect(after['live:1']).toBe(before['live:1']);
    expect(after['live:2']).not.toBe(before['live:2']);
  });

  it('tells whose history has grown, by its traffic or its rollouts', async () => {
    const { knex, delivery, derive } = await setUp();
    await writeTraffic(knex, SHOP, { history: 'A@0', start: START });
    expect(await delivery.listGrown([key(SHOP), key(STUDIO)])).toEqual([SHOP]);
    expect(await delivery.listMoved(10)).toEqual([SHOP]);
    await derive(SHOP);
    expect(await delivery.listGrown([key(SHOP), key(STUDIO)])).toEqual([]);
    expect(await delivery.listMoved(10)).toEqual([]);
    expect(await delivery.listGrown([key(SHOP, '1 5')])).toEqual([SHOP]);

    await writeTraffic(knex, SHOP, { history: 'B@5', start: START });
    expect(await delivery.listMoved(10)).toEqual([SHOP]);
    expect(await delivery.listDelivering([SHOP, STUDIO])).toEqual([SHOP]);
    expect(await delivery.getKnownHistory([SHOP, STUDIO])).toMatchObject({
      entities: 1,
      knownSince: START,
      asOf: undefined,
    });
  });

  it('takes away what a longer history no longer tells', async () => {
    const { knex, delivery, derive, list } = await setUp();
    await writeTraffic(knex, SHOP, { history: 'A@0', start: START });
    const at = new Date('2026-11-01T00:30:00Z');
    await delivery.replaceChanges([key(SHOP, '1')], ({ spans }) =>
      classifyChanges({
        spans,
        rollouts: [
          {
            id: 'one',
            deploymentId: 'vercel:shop-B',
            kind: 'aborted',
            trafficFrom: at,
            trafficBackAt: at,
          },
        ],
      }),
    );
    expect((await list()).map(({ id }) => id)).toEqual([
      'rollout:one',
      'live:1',
    ]);
    await derive(SHOP);
    expect((await list()).map(({ id }) => id)).toEqual(['live:1']);
  });

  it('pages through several entities, newest first, each deployment once', async () => {
    const { knex, derive, list } = await setUp();
    const history = 'A@0 B@10 A@12 C@20 D@30 C@31 D@40';
    await writeTraffic(knex, SHOP, { history, start: START });
    await writeTraffic(knex, STUDIO, { history, start: START });
    await derive(SHOP, STUDIO);
    const entityRefs = [SHOP, STUDIO];
    for (const metric of [undefined, ...doraMetricNames]) {
      const all = await list({ entityRefs, metric });
      const paged = [];
      let last;
      do {
        const page = await list({
          entityRefs,
          metric,
          limit: 2,
          after: last && { at: last.at, id: last.id },
        });
        paged.push(...page);
        last = page.length === 2 ? page.at(-1) : undefined;
      } while (last);
      expect(paged).toEqual(all);
      const times = all.map(({ at }) => at);
      expect([...times].sort().reverse()).toEqual(times);
    }
    const count = async (metric?: (typeof doraMetricNames)[number]) =>
      (await list({ entityRefs, metric })).length;
    expect(
      await Promise.all([undefined, ...doraMetricNames].map(count)),
    ).toEqual([10, 10, 8, 4, 4, 4]);
    expect(
      await list({ entityRefs, from: new Date('2026-11-01T00:40:00Z') }),
    ).toHaveLength(2);
  });

  it('gives the facts that the metrics are computed from', async () => {
    const { knex, delivery, commits, derive } = await setUp();
    await writeTraffic(knex, SHOP, {
      history: 'A@0 B@10 A@12 C@20',
      start: START,
    });
    await derive(SHOP);
    await commits.saveTime(shaOf('A'), new Date('2026-10-31T23:59:00Z'));
    const options = { entityRefs: [SHOP], from: EARLY, limit: 100 };
    const facts = await delivery.listFacts(options);
    expect(facts.sort((a, b) => a.at.getTime() - b.at.getTime())).toEqual([
      {
        at: START,
        firstOfVersion: true,
        leadTimeSeconds: 60,
        failed: false,
        recoverySeconds: undefined,
        isRepair: false,
      },
      expect.objectContaining({ failed: true, recoverySeconds: 120 }),
      expect.objectContaining({ isRepair: true, leadTimeSeconds: undefined }),
    ]);
    expect(await delivery.listFacts({ ...options, limit: 1 })).toHaveLength(2);
  });

  it('reads pages of many entities from an index, no more of each than a page', async () => {
    const { knex, delivery } = await setUp();
    await knex.raw(
      `insert into delivery_changes (entity_ref, id, deployment_id, at, traffic,
         first_of_version, failure_kind, repairs)
       select 'component:default/shop-' || e, 'live:' || e * 1000 + n, 'vercel:' || n,
         now() - n * interval '1 hour', 'all', n % 2 = 0,
         case when n % 10 = 0 then 'aborted' end,
         case when n % 10 = 1 then 'live:1' end
       from generate_series(1, 100) e, generate_series(1, 400) n`,
    );
    await knex.raw('analyze delivery_changes');
    const asked: { sql: string; bindings: string[] }[] = [];
    knex.on('query', query => asked.push(query));
    const entityRefs = Array.from(
      { length: 50 },
      (_, index) => `component:default/shop-${index + 1}`,
    );
    const expected = {
      'deployment-frequency': 'delivery_changes_page',
      'change-lead-time': 'delivery_changes_first',
      'change-fail-rate': 'delivery_changes_failed',
      'failed-deployment-recovery-time': 'delivery_changes_failed',
      'rework-rate': 'delivery_changes_repairs',
    };
    for (const metric of doraMetricNames) {
      asked.length = 0;
      const page = await delivery.listChanges({
        entityRefs,
        from: EARLY,
        metric,
        after: { at: new Date().toISOString(), id: 'live:1' },
        limit: 26,
      });
      expect(page).toHaveLength(26);
      const [{ sql, bindings }] = asked;
      const { rows } = await knex.raw(
        `explain (analyze, format json) ${sql.replaceAll(/\$\d+/g, '?')}`,
        bindings,
      );
      const plan = JSON.stringify(rows[0]['QUERY PLAN'][0].Plan);
      expect(plan).toContain(`"Index Name":"${expected[metric]}"`);
      expect(plan).not.toMatch(
        /"Seq Scan"[^{}]*"Relation Name":"delivery_changes"/,
      );
      // Of each entity at most a page, whatever the length of its history.
      expect(readRows(rows[0]['QUERY PLAN'][0].Plan)).toBeLessThanOrEqual(26);
    }
  });
});

interface Plan {
  'Relation Name'?: string;
  'Actual Rows': number;
  Plans?: Plan[];
}

/** The most rows that one scan of the changes gave at a time. */
function readRows(plan: Plan): number {
  const own =
    plan['Relation Name'] === 'delivery_changes' ? plan['Actual Rows'] : 0;
  return Math.max(own, ...(plan.Plans ?? []).map(readRows));
}
