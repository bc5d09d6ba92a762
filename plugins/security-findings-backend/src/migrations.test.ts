import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../migrations`;
const entity = { entity_ref: 'component:default/shop' };

/** Rows that a store of today would write. */
const rows = {
  tracked_entities: { ...entity, repository: 'acme/shop' },
  scans: { ...entity, source: 'dependabot' },
  sightings: {
    ...entity,
    source: 'dependabot',
    fingerprint: 'f1',
    content_hash: 'c1',
    report: '{}',
  },
  findings: {
    ...entity,
    fingerprint: 'f1',
    state: 'open',
    severity_rank: 0,
    first_seen_at: new Date(0),
    last_seen_at: new Date(0),
    sources: ['dependabot'],
    report: '{}',
    search_text: '',
  },
  findings_summaries: { ...entity, value: '{}' },
};

const tables = async (knex: Knex) => {
  const { rows: found } = await knex.raw<{ rows: { name: string }[] }>(
    `select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_name not like 'knex%'
     order by 1`,
  );
  return found.map(({ name }) => name);
};

describe('migrations', () => {
  it('20261121123000_init.js creates what the stores need, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: '20261121123000_init.js' });
    for (const [table, row] of Object.entries(rows)) {
      await knex(table).insert(row);
    }
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());

    const [scan] = await knex('scans');
    expect(scan).toMatchObject({
      category: '',
      condition: 'waiting',
      lease_id: null,
      requested_generation: '0',
      failure_count: 0,
      due_at: expect.any(Date),
    });
    const [summary] = await knex('findings_summaries');
    expect(summary.change_sequence).toBe('1');
    await expect(knex('findings').insert(rows.findings)).rejects.toThrow(
      /findings_entity_ref_fingerprint_unique/,
    );

    await knex.migrate.down({ directory, name: '20261121123000_init.js' });
    expect(await tables(knex)).toEqual([]);
  });
});
