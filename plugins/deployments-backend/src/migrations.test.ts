import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../migrations`;

/** Rows that a store of today would write. */
const rows = {
  tracked_entities: {
    entity_ref: 'component:default/shop',
    provider: 'vercel',
  },
  deployments: {
    entity_ref: 'component:default/shop',
    id: 'vercel:dpl_1',
    provider: 'vercel',
    external_id: 'dpl_1',
    project_id: 'prj_1',
    environment: 'production',
    state: 'ready',
    created_at: new Date(0),
    observed_at: new Date(0),
  },
  environments: {
    entity_ref: 'component:default/shop',
    environment: 'production',
    aliases: '[]',
    observed_at: new Date(0),
  },
  live_deployments: {
    entity_ref: 'component:default/shop',
    environment: 'production',
    deployment_id: 'vercel:dpl_1',
    from_at: new Date(0),
  },
  webhook_events: { provider: 'vercel', event_id: 'evt_1' },
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
  it('20261121093000_init.js creates what the stores need, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: '20261121093000_init.js' });
    for (const [table, row] of Object.entries(rows)) {
      await knex(table).insert(row);
    }
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());

    const [tracked] = await knex('tracked_entities');
    expect(tracked).toMatchObject({
      lease_id: null,
      requested_generation: '0',
      failure_count: 0,
      due_at: expect.any(Date),
    });
    await expect(
      knex('live_deployments').insert({
        ...rows.live_deployments,
        deployment_id: 'vercel:dpl_2',
      }),
    ).rejects.toThrow(/live_deployments_one_open/);
    await expect(
      knex('webhook_events').insert(rows.webhook_events),
    ).rejects.toThrow(/webhook_events_pkey/);

    await knex.migrate.down({ directory, name: '20261121093000_init.js' });
    expect(await tables(knex)).toEqual([]);
  });
});
