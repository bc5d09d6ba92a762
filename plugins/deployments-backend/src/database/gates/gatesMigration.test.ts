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
