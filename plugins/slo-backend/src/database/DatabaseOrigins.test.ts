import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { createIngestDatabase } from '../ingest/__testUtils__/createIngestDatabase';
import {
  logBatch,
  logRow,
  traceBatch,
  traceExport,
} from '../ingest/__testUtils__/rows';
import { lockIngest } from './operations/lockIngest';
import { DatabaseRollupStore } from './DatabaseRollupStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const at = Date.now();

type Named = { projectId?: string; deploymentId?: string };

const log = (
  requestId: string,
  more: Named & { environment?: string; at?: number } = {},
) => logBatch([logRow({ requestId, at, ...more })]);

const trace = (id: string, more: Named = {}) =>
  traceBatch(
    traceExport({ at, durationMs: 10, traceId: id.padEnd(32, 'x'), ...more }),
  );

describe('Origins of what is counted', () => {
  let knex: Knex;
  const rows = () =>
    knex('rollup_minutes')
      .select('project_id', 'deployment_id', 'environment')
      .select('requests', 'durations')
      .orderBy(['project_id', 'deployment_id', 'environment']);

  beforeEach(async () => {
    knex = await createIngestDatabase(await databases.init('POSTGRES_18'));
  });

  it('takes no place for a project that traces make up, and counts it once logs tell of it', async () => {
    const store = new DatabaseRollupStore(knex, { maxProjects: 1 });
    const rejected = { 'unknown-project': 1 };
    const madeUp = trace('a', { projectId: 'prj_made_up' });
    expect(await store.commit([madeUp, trace('b')])).toMatchObject([
      { counted: 0, rejected },
      { counted: 0, rejected },
    ]);
    expect(await knex('drained_projects')).toEqual([]);
    // Traces that come with the logs are judged after them.
    expect(await store.commit([trace('b'), madeUp, log('1')])).toMatchObject([
      { counted: 1, rejected: {} },
      { counted: 0, rejected },
      { counted: 1, rejected: {} },
    ]);
    expect(await rows()).toMatchObject([
      { project_id: 'prj_1', requests: 1, durations: 1 },
    ]);
    expect(await knex('drain_rejections')).toMatchObject([
      { kind: 'traces', reason: 'unknown-project', count: '3' },
    ]);
  });

  it('takes durations of projects of the catalog before there are logs', async () => {
    await knex('slo_projects').insert({
      project_id: 'prj_1',
      entity_ref: 'component:default/shop',
      seen_at: knex.fn.now(),
    });
    const store = new DatabaseRollupStore(knex);
    expect(await store.commit([trace('a')])).toMatchObject([{ counted: 1 }]);
  });

  it.each([
    ['just now', at],
    ['hours ago', at - 5 * 3_600_000],
  ])(
    'counts durations in the environment of which the logs of another replica told %s',
    async (_, toldAt) => {
      const environment = 'preview';
      const other = new DatabaseRollupStore(knex);
      await other.commit([log('1', { environment, at: toldAt })]);
      await other.rollUpHours();
      await new DatabaseRollupStore(knex).commit([trace('a')]);
      const found = await rows();
      expect(new Set(found.map(row => row.environment))).toEqual(
        new Set([environment]),
      );
      const sum = (name: string) =>
        found.reduce((total, row) => total + row[name], 0);
      expect([sum('requests'), sum('durations')]).toEqual([1, 1]);
    },
  );

  it('looks for what traces name before anybody has to wait for it', async () => {
    await new DatabaseRollupStore(knex).commit([log('1')]);
    const holder = await knex.transaction();
    await lockIngest(holder);
    const asked = new Promise<void>(resolve => {
      knex.on('query', ({ sql }: { sql: string }) => {
        if (sql.includes('rollup_hours')) resolve();
      });
    });
    const commit = new DatabaseRollupStore(knex).commit([trace('a')]);
    await asked;
    await holder.rollback();
    expect(await commit).toMatchObject([{ counted: 1 }]);
  });

  it('keeps deployments that traces make up from filling the tables', async () => {
    const store = new DatabaseRollupStore(knex);
    await store.commit([log('1')]);
    const made = Array.from({ length: 50 }, (_, n) =>
      trace(`t${n}`, { deploymentId: `dpl_made_up_${n}` }),
    );
    const receipts = await store.commit([...made, trace('a')]);
    const counted = receipts.filter(receipt => receipt.counted === 1);
    expect(counted).toHaveLength(21);
    expect(receipts.at(-1)).toMatchObject({ counted: 1 });
    expect(receipts.at(-2)).toMatchObject({
      rejected: { 'unknown-deployment': 1 },
    });
    expect(await rows()).toHaveLength(21);
  });
});
