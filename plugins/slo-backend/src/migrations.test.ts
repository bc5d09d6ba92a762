import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../migrations`;
const SLOS = '20261121121000_slos.js';

const tables = async (knex: Knex) => {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_name like 'slo%'
     order by 1`,
  );
  return rows.map(({ name }) => name);
};

describe('migrations', () => {
  it(`${SLOS} creates what the stores need beside the roll-ups, and takes it away`, async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: '20261121120000_rollups.js' });
    const others = await tables(knex);
    await knex.migrate.up({ directory, name: SLOS });
    const entity_ref = 'component:default/shop';
    const alert = {
      key: 'slo:shop',
      entity_ref,
      slo: 'availability',
      severity: 'page',
      state: 'firing',
      source: 'slo',
      starts_at: new Date(0),
      summary: 'It burns',
    };
    const rows: Record<string, object> = {
      slo_alerts: alert,
      slo_entities: { entity_ref, file_url: 'u', file_path: 'p' },
      slo_projects: { project_id: 'prj', entity_ref, seen_at: new Date(0) },
      slo_summaries: { entity_ref, value: '{}' },
    };
    for (const [table, row] of Object.entries(rows)) {
      await knex(table).insert(row);
    }
    expect(await tables(knex)).toEqual(
      [...others, ...Object.keys(rows)].sort(),
    );
    const [entity] = await knex('slo_entities');
    expect(entity).toMatchObject({
      definitions: [],
      problems: [],
      slos: [],
      evaluation: '0',
      evaluated_at: null,
      file_due_at: expect.any(Date),
    });

    await expect(knex('slo_alerts').insert(alert)).rejects.toThrow(
      /slo_alerts_one_firing/,
    );
    const resolved = { ...alert, state: 'resolved' };
    await expect(knex('slo_alerts').insert(resolved)).rejects.toThrow(/check/);
    await knex('slo_alerts').insert({ ...resolved, ends_at: new Date(1) });

    await knex.migrate.down({ directory, name: SLOS });
    expect(await tables(knex)).toEqual(others);
  });
});
