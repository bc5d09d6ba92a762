import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../migrations`;

/** Rows that a store of today would write. */
const rows = {
  charges: {
    source: 'vercel',
    day: '2026-11-21',
    ordinal: 0,
    category: 'Usage',
    service: 'Edge Requests',
    amount: '0.000000000000000000001',
    currency: 'USD',
    other: '{}',
  },
  charge_days: {
    source: 'vercel',
    day: '2026-11-21',
    charge_count: 1,
    content_hash: '',
    told_at: new Date(0),
    checked_at: new Date(0),
  },
  charge_sources: { source: 'vercel' },
  project_entities: {
    project_key: 'prj_1',
    entity_ref: 'component:default/shop',
  },
  budgets: { entity_ref: 'component:default/shop', value: '50' },
  cost_summaries: { entity_ref: 'component:default/shop', value: '{}' },
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
  it('20261121094000_init.js creates what the stores need, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: '20261121094000_init.js' });
    for (const [table, row] of Object.entries(rows)) {
      await knex(table).insert(row);
    }
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());

    const [charge] = await knex('charges');
    expect(charge).toMatchObject({
      amount: '0.000000000000000000001',
      project_key: null,
    });
    const [summary] = await knex('cost_summaries');
    expect(summary.change_sequence).toBe('1');
    await expect(knex('charges').insert(rows.charges)).rejects.toThrow(
      /charges_pkey/,
    );

    await knex.migrate.down({ directory, name: '20261121094000_init.js' });
    expect(await tables(knex)).toEqual([]);
  });

  it('20261121190000_cost_anomalies.js adds the unusual days, and takes them away', async () => {
    const knex = await databases.init('POSTGRES_18');
    const name = '20261121190000_cost_anomalies.js';
    await knex.migrate.up({ directory, name: '20261121094000_init.js' });
    await knex('charges').insert(rows.charges);
    await knex.migrate.up({ directory, name });
    const anomaly = {
      entity_ref: 'component:default/shop',
      day: '2026-11-21',
      amount: '4.1',
      usual: '0.9',
    };
    await knex('cost_anomalies').insert(anomaly);
    expect(await knex('cost_anomalies')).toMatchObject([
      { amount: '4.1', is_withdrawn: false, told_at: null, is_notified: false },
    ]);
    await expect(knex('cost_anomalies').insert(anomaly)).rejects.toThrow(
      /cost_anomalies_pkey/,
    );

    await knex.migrate.down({ directory, name });
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());
    expect(await knex('charges')).toHaveLength(1);
  });
});
