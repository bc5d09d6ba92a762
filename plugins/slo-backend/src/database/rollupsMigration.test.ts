import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../../migrations`;
const NAME = '20261121120000_rollups.js';

const rollup = {
  project_id: 'prj_1',
  at: new Date(0),
  deployment_id: 'dpl_1',
  environment: 'production',
  requests: 1,
  errors: 0,
  durations: 0,
};

/** Rows that the stores of today would write. */
const rows: Record<string, object> = {
  drain_batches: { hashes: Buffer.alloc(8) },
  drain_rejections: {
    hour: new Date(0),
    kind: 'logs',
    reason: 'garbage',
    count: 1,
  },
  drain_secrets: { kind: 'logs', endpoint: 'http://x', secret_jwe: 'x' },
  drained_projects: { project_id: 'prj_1' },
  rollup_hours: rollup,
  rollup_minutes: { ...rollup, changed_sequence: 1 },
};

const tables = async (knex: Knex) => {
  const { rows: found } = await knex.raw<{ rows: { name: string }[] }>(
    `select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_name not like 'knex%'
     order by 1`,
  );
  return found.map(({ name }) => name);
};

describe('migrations of ingest', () => {
  it(`${NAME} creates what ingest needs, and takes it away`, async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: NAME });
    for (const [table, row] of Object.entries(rows)) {
      await knex(table).insert(row);
    }
    expect(await tables(knex)).toEqual(
      [...Object.keys(rows), 'ingest_progress'].sort(),
    );
    expect(await knex('ingest_progress')).toEqual([
      { id: true, complete_before: new Date(0), forgotten_until: new Date(0) },
    ]);
    await expect(
      knex('ingest_progress').insert({
        id: false,
        complete_before: new Date(0),
        forgotten_until: new Date(0),
      }),
    ).rejects.toThrow(/check/);
    await expect(
      knex('rollup_minutes').insert(rows.rollup_minutes),
    ).rejects.toThrow(/rollup_minutes_pkey/);

    await knex.migrate.down({ directory, name: NAME });
    expect(await tables(knex)).toEqual([]);
  });
});
