import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { createIngestDatabase } from '../ingest/__testUtils__/createIngestDatabase';
import {
  logBatch,
  logRow,
  traceBatch,
  traceExport,
} from '../ingest/__testUtils__/rows';
import { DatabaseRollupStore, type RollupLimits } from './DatabaseRollupStore';
import type { RollupCommit } from './RollupStore';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const floor = (at: number, unit: number) => at - (at % unit);
const now = floor(Date.now(), MINUTE);

const request = (
  id: string,
  more: Partial<Parameters<typeof logRow>[0]> = {},
) => logRow({ requestId: id, at: now, ...more });

const everything = (store: DatabaseRollupStore, projectId = 'prj_1') =>
  store.getTotals({
    projectIds: [projectId],
    from: new Date(0),
    to: new Date(now + HOUR),
  });

describe('DatabaseRollupStore', () => {
  let knex: Knex;
  const create = (limits?: Partial<RollupLimits>) =>
    new DatabaseRollupStore(knex, limits);

  beforeEach(async () => {
    knex = await createIngestDatabase(await databases.init('POSTGRES_18'));
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
    expect(await everything(store)).toMatchObject({ requests: 3, errors: 0 });
  });
});
