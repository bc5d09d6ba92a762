import { TestDatabases } from '@backstage/backend-test-utils';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const migration = {
  directory: `${__dirname}/../../../migrations`,
  name: '20261121150100_gates.js',
};

it('20261121150100_gates.js asks once for each rollout and stage, and is taken away', async () => {
  const knex = await databases.init('POSTGRES_18');
  await knex.migrate.up(migration);
  const approval = {
    rollout_id: 'rollout-1',
    entity_ref: 'component:default/shop',
    environment: 'production',
    requested_by: 'user:default/ana',
    expires_at: new Date(),
  };
  const [row] = await knex('rollout_approvals').insert(approval).returning('*');
  expect(row).toMatchObject({
    state: 'pending',
    stage_index: -1,
    notified_at: null,
    requested_at: expect.any(Date),
  });
  await knex('rollout_approvals').insert({ ...approval, stage_index: 0 });
  await expect(knex('rollout_approvals').insert(approval)).rejects.toThrow(
    /rollout_approvals_rollout_id_stage_index_unique/,
  );
  const result = {
    rollout_id: 'rollout-1',
    gate: 'ci',
    state: 'passed',
    reason: 'Fine.',
    checked_at: new Date(),
  };
  await knex('gate_results').insert(result);
  await expect(knex('gate_results').insert(result)).rejects.toThrow(
    /gate_results_pkey/,
  );
  await knex('gate_overrides').insert({
    entity_ref: 'component:default/shop',
    environment: 'production',
    reason: 'Refunds fail',
    created_by: 'user:default/ana',
    expires_at: new Date(),
  });

  await knex.migrate.down(migration);
  for (const table of ['rollout_approvals', 'gate_results', 'gate_overrides']) {
    expect(await knex.schema.hasTable(table)).toBe(false);
  }
});

it('20261121193000_pending_approvals.js finds what waits by an index, and takes it away', async () => {
  const knex = await databases.init('POSTGRES_18');
  const pending = { ...migration, name: '20261121193000_pending_approvals.js' };
  await knex.migrate.up(migration);
  await knex.migrate.up(pending);
  await knex.raw('set enable_seqscan = off');
  const explain = async () => {
    const { rows } = await knex.raw(
      "explain select * from rollout_approvals where state = 'pending' order by requested_at, id limit 200",
    );
    return JSON.stringify(rows);
  };
  expect(await explain()).toContain('rollout_approvals_pending');
  await knex.migrate.down(pending);
  expect(await explain()).not.toContain('rollout_approvals_pending');
});

it('20261121170000_gate_reports.js has all that was reported looked after once more, and goes again', async () => {
  const knex = await databases.init('POSTGRES_18');
  await knex.migrate.up(migration);
  await knex('gate_results').insert(
    ['ci', 'schema'].map(gate => ({
      rollout_id: 'rollout-1',
      gate,
      state: 'waiting',
      reason: 'Later.',
      checked_at: new Date(),
    })),
  );
  const reports = { ...migration, name: '20261121170000_gate_reports.js' };
  await knex.migrate.up(reports);
  expect(await knex('gate_reports')).toEqual([
    {
      rollout_id: 'rollout-1',
      checks: null,
      due_at: expect.any(Date),
      settled_at: null,
    },
  ]);
  expect(await knex('gate_results').first()).toMatchObject({
    public_reason: null,
  });

  await knex.migrate.down(reports);
  expect(await knex.schema.hasTable('gate_reports')).toBe(false);
  expect(await knex('gate_results').first()).not.toHaveProperty(
    'public_reason',
  );
  expect(await knex.schema.hasColumn('rollout_approvals', 'note')).toBe(false);
});
