import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../migrations`;
const ID = '0b0e5d1e-7a54-4c57-9d2e-0d6f3f0f2a11';

/** Rows that a store of today would write. */
const rows = {
  alerts: {
    id: ID,
    source: 'slo',
    fingerprint: 'f',
    title: 't',
    summary: '',
    severity: 'page',
    state: 'firing',
    firing_at_source: true,
    observed_at: new Date(0),
    starts_at: new Date(0),
    labels: '{}',
  },
  runbook_runs: {
    id: ID,
    entity_ref: 'component:default/shop',
    runbook_path: 'runbooks/it.md',
    runbook_title: 'It',
    runbook_hash: 'h',
    alert_id: ID,
    state: 'running',
    started_by: 'user:default/ana',
  },
  runbook_run_steps: {
    run_id: ID,
    index: 0,
    type: 'ask',
    title: 't',
    state: 'pending',
    input: '{}',
  },
  timeline_entries: {
    who: 'slo',
    kind: 'alert-fired',
    text: 'x',
    alert_id: ID,
    run_id: ID,
  },
  runbook_folders: {
    entity_ref: 'component:default/shop',
    location: 'https://github.com/acme/shop/tree/main/runbooks/',
    folder: 'runbooks',
    files: '[]',
    left_out: '[]',
    tried_at: new Date(0),
  },
  alert_summaries: { entity_ref: 'component:default/shop', value: '{}' },
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
    const name = '20261121123000_init.js';
    await knex.migrate.up({ directory, name });
    for (const [table, row] of Object.entries(rows)) {
      await knex(table).insert(row);
    }
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());
    await expect(
      knex('alerts').insert({ ...rows.alerts, id: undefined }),
    ).rejects.toThrow('unique');
    const { rows: uncommented } = await knex.raw(
      `select relname from pg_class where relkind = 'r'
         and relnamespace = current_schema()::regnamespace
         and relname not like 'knex%' and obj_description(oid) is null`,
    );
    expect(uncommented).toEqual([]);

    await knex.migrate.down({ directory, name });
    expect(await tables(knex)).toEqual([]);
    await knex.migrate.up({ directory, name });
  });

  it('20261121190000_notification_limits.js leaves alerts undecided, and takes its table away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: '20261121123000_init.js' });
    await knex('alerts').insert(rows.alerts);
    const name = '20261121190000_notification_limits.js';
    await knex.migrate.up({ directory, name });
    expect(await knex('alerts').pluck('announce_decision')).toEqual([null]);
    await knex('notification_limits').insert({
      entity_ref: 'component:default/shop',
    });
    expect(await knex('notification_limits').first()).toMatchObject({
      sent_at: [],
      more_alerts: 0,
      due_at: null,
    });
    await knex.migrate.down({ directory, name });
    expect(await tables(knex)).toEqual(Object.keys(rows).sort());
    expect(await knex('alerts').first()).not.toHaveProperty(
      'announce_decision',
    );
    await knex.migrate.up({ directory, name });
  });
});
