import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { TestDatabases } from '@backstage/backend-test-utils';
import { judgeBudget } from '@forkyard/plugin-cost-common';
import type { Knex } from 'knex';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = resolvePackagePath(
  '@forkyard/plugin-forks-backend',
  'migrations',
);

/** Migrates up to the file before the given one. */
async function migrateUntilBefore(knex: Knex, file: string): Promise<string> {
  const files = (await readdir(directory)).filter(name => name < file);
  const before = await mkdtemp(join(tmpdir(), 'migrations-'));
  for (const name of files) await cp(join(directory, name), join(before, name));
  await knex.migrate.latest({ directory: before });
  return before;
}

const hasTable = (knex: Knex, table: string) => knex.schema.hasTable(table);

async function expectComments(knex: Knex, table: string): Promise<void> {
  const { rows } = await knex.raw<{
    rows: Array<{ name: string; comment: string | null }>;
  }>(
    `select attname as name, col_description(attrelid, attnum) as comment
     from pg_attribute where attrelid = ?::regclass and attnum > 0 and not attisdropped
     union all select '(table)', obj_description(?::regclass)`,
    [table, table],
  );
  expect(rows.filter(({ comment }) => !comment)).toEqual([]);
}

const provisioning = {
  id: 'p-1',
  fork_name: 'shop',
  owner: 'group:default/platform',
  created_by: 'user:default/ana',
  request_hash: 'hash',
  request: {},
  base_repository: 'acme/base-app',
  base_sha: 'a'.repeat(40),
  state: 'running',
  through: 'registration',
  on_failure: 'keep',
};

describe('the migrations', () => {
  it('20261121090000_provisionings.js makes the ledger, due at once, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await migrateUntilBefore(knex, '20261121090000_provisionings.js');
    await knex.migrate.up({ directory });

    await knex('provisionings').insert(provisioning);
    const [row] = await knex('provisionings');
    expect(row.due_at).toBeInstanceOf(Date);
    expect(row).toMatchObject({ requested_generation: 0, last_sequence: 0 });
    await knex('provisioning_steps').insert({
      provisioning_id: 'p-1',
      step_id: 'repository',
      position: 0,
      state: 'pending',
    });
    await knex('provisioning_log_lines').insert({
      provisioning_id: 'p-1',
      sequence: 1,
      at: new Date(),
      step_id: 'repository',
      level: 'info',
      message: 'line',
    });
    // A name is held by one provisioning, until that is unwound.
    await expect(
      knex('provisionings').insert({ ...provisioning, id: 'p-2' }),
    ).rejects.toThrow(/provisionings_one_for_each_fork/);
    await knex('provisionings').update({ state: 'unwound' });
    await knex('provisionings').insert({ ...provisioning, id: 'p-2' });
    await knex('provisionings').where({ id: 'p-1' }).delete();
    expect(await knex('provisioning_steps')).toEqual([]);
    expect(await knex('provisioning_log_lines')).toEqual([]);
    for (const table of [
      'provisionings',
      'provisioning_steps',
      'provisioning_log_lines',
    ]) {
      await expectComments(knex, table);
    }

    await knex.migrate.down({ directory });
    expect(await hasTable(knex, 'provisionings')).toBe(false);
    expect(await hasTable(knex, 'provisioning_steps')).toBe(false);
    expect(await hasTable(knex, 'provisioning_log_lines')).toBe(false);
  });

  it('20261121091000_forks.js makes the registry, ranked by status, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await migrateUntilBefore(knex, '20261121091000_forks.js');
    await knex('provisionings').insert(provisioning);
    await knex.migrate.up({ directory });

    const fork = {
      title: 'Image studio',
      description: '',
      owner: 'group:default/platform',
      lifecycle: 'active',
      status_reason: '',
      base_repository: 'acme/base-app',
      base_sha: 'a'.repeat(40),
      slo_tier: 'standard',
      monthly_budget_usd: '50.25',
      provisioning_id: 'p-1',
      created_by: 'user:default/ana',
    };
    await knex('forks').insert(
      [
        'healthy',
        'failing',
        'unknown',
        'degraded',
        'waiting',
        'in-progress',
      ].map(status => ({
        ...fork,
        status,
        name: status,
        entity_ref: `component:default/${status}`,
      })),
    );
    expect(await knex('forks').orderBy('status_rank').pluck('status')).toEqual([
      'failing',
      'degraded',
      'waiting',
      'in-progress',
      'unknown',
      'healthy',
    ]);
    const [row] = await knex('forks').limit(1);
    expect(row.live_order).toEqual(new Date(0));
    expect(row.monthly_budget_usd).toBe('50.25');
    await expectComments(knex, 'forks');

    await knex.migrate.down({ directory });
    expect(await hasTable(knex, 'forks')).toBe(false);
    expect(await knex('provisionings').pluck('id')).toEqual(['p-1']);
  });

  it('20261121092000_sealed_secrets.js makes the secrets, which go with their provisioning, and takes them away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await migrateUntilBefore(knex, '20261121092000_sealed_secrets.js');
    await knex('provisionings').insert(provisioning);
    await knex.migrate.up({ directory });

    await knex('sealed_secrets').insert({
      ref: 'sealed-1',
      jwe: 'x',
      owner_ref: 'user:default/ana',
      provisioning_id: 'p-1',
      expires_at: new Date(),
    });
    await expectComments(knex, 'sealed_secrets');
    await knex('provisionings').delete();
    expect(await knex('sealed_secrets')).toEqual([]);

    await knex.migrate.down({ directory });
    expect(await hasTable(knex, 'sealed_secrets')).toBe(false);
  });

  it('20261121130000_fork_vitals.js keeps forks and their status, makes room for vitals, and takes it away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await migrateUntilBefore(knex, '20261121130000_fork_vitals.js');
    await knex('forks').insert(
      ['active', 'provisioning'].map(lifecycle => ({
        name: lifecycle,
        title: '',
        description: '',
        entity_ref: `component:default/${lifecycle}`,
        owner: 'group:default/platform',
        lifecycle,
        status: 'degraded',
        status_reason: 'The newest deployment failed',
        base_repository: 'acme/base-app',
        base_sha: 'a'.repeat(40),
        slo_tier: 'standard',
        monthly_budget_usd: '50.25',
        provisioning_id: 'p-1',
        created_by: 'user:default/ana',
      })),
    );
    await knex.migrate.up({ directory });

    const [active, provisioned] = await knex('forks').orderBy('name');
    expect(active).toMatchObject({
      deployed_status: 'degraded',
      deployed_reason: 'The newest deployment failed',
      vitals: {},
      budget_state: 'unknown',
      cost_state: 'unknown',
      findings_state: 'unknown',
      alerts_order: -1,
    });
    expect(provisioned.deployed_status).toBeNull();
    await knex('forks').update({
      vitals: { cost: { monthToDate: '50.30', forecast: '90' } },
    });
    expect((await knex('forks').first()).cost_state).toBe('over');
    for (const cost of [
      { monthToDate: '50.25', budget: '50.25' },
      { monthToDate: '9.99', forecast: '10.00', budget: '10' },
      { monthToDate: '9.99', forecast: '10.01', budget: '10' },
      { monthToDate: '10.01', forecast: '9', budget: '10' },
    ]) {
      await knex('forks').update({ vitals: { cost } });
      expect((await knex('forks').first()).cost_state).toBe(
        judgeBudget({ ...cost, spent: cost.monthToDate }),
      );
    }
    await expectComments(knex, 'forks');
    await expectComments(knex, 'vitals_cursors');

    await knex.migrate.down({ directory });
    expect(await hasTable(knex, 'vitals_cursors')).toBe(false);
    expect(await knex.schema.hasColumn('forks', 'vitals')).toBe(false);
    expect(await knex('forks')).toHaveLength(2);
  });

  it('20261121190000_fork_deploys.js knows of no deployments at first, and takes them away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await migrateUntilBefore(knex, '20261121190000_fork_deploys.js');
    await knex.migrate.up({ directory });
    await expectComments(knex, 'forks');
    expect(await knex('forks').columnInfo()).toEqual(
      expect.objectContaining({
        deploys_by_day: expect.objectContaining({ type: 'jsonb' }),
      }),
    );
    await knex.migrate.down({ directory });
    expect(await knex.schema.hasColumn('forks', 'deploys_by_day')).toBe(false);
  });
});
