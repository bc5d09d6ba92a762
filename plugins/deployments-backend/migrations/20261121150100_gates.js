// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createApprovals(knex);
  await createGateResults(knex);
  await createGateOverrides(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('gate_overrides');
  await knex.schema.dropTable('gate_results');
  await knex.schema.dropTable('rollout_approvals');
};

/** @param {import('knex').Knex} knex */
async function createApprovals(knex) {
  await knex.schema.createTable('rollout_approvals', table => {
    table.comment('The word of a second person on a rollout, kept for good');
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table.text('rollout_id').notNullable();
    table.text('entity_ref').notNullable().comment('Catalog entity');
    table.text('environment').notNullable();
    table
      .integer('stage_index')
      .notNullable()
      .defaultTo(-1)
      .comment('The stage after which it is needed; -1 before any traffic');
    table
      .text('state')
      .notNullable()
      .defaultTo('pending')
      .comment('pending, approved, rejected or expired');
    table.text('requested_by').notNullable().comment('Who may not approve it');
    table.jsonb('commit').comment('Whose author may not approve it either');
    table
      .timestamp('requested_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
    table.timestamp('expires_at', { useTz: true }).notNullable();
    table
      .timestamp('notified_at', { useTz: true })
      .comment('When the owners were told; null until that succeeded');
    table
      .timestamp('forwarded_at', { useTz: true })
      .comment('When a workflow at GitHub got the same answer');
    table
      .timestamp('forward_after', { useTz: true })
      .comment('Not forwarded before this, after trouble or in vain');
    table.text('decided_by').comment('User entity ref');
    table.timestamp('decided_at', { useTz: true });
    table.text('comment');
    table.unique(['rollout_id', 'stage_index']);
  });
}

/** @param {import('knex').Knex} knex */
async function createGateResults(knex) {
  await knex.schema.createTable('gate_results', table => {
    table.comment('What each gate of a rollout said last');
    table.text('rollout_id').notNullable();
    table.text('gate').notNullable();
    table.text('state').notNullable();
    table.text('reason').notNullable();
    table.text('url');
    table
      .text('subject')
      .comment('What it was compared with; another one is checked anew');
    table.timestamp('checked_at', { useTz: true }).notNullable();
    table
      .integer('attempts')
      .notNullable()
      .defaultTo(0)
      .comment('Of a check that is tried several times');
    table
      .text('reported')
      .comment('What GitHub was told last as the status of the commit');
    table
      .timestamp('report_after', { useTz: true })
      .comment('Not told again before this, after trouble at GitHub');
    table.primary(['rollout_id', 'gate']);
  });
}

/** @param {import('knex').Knex} knex */
async function createGateOverrides(knex) {
  await knex.schema.createTable('gate_overrides', table => {
    table.comment(
      'Who let an environment roll out despite freeze and error budget',
    );
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table.text('entity_ref').notNullable().comment('Catalog entity');
    table.text('environment').notNullable();
    table.text('reason').notNullable();
    table.text('created_by').notNullable().comment('User entity ref');
    table
      .timestamp('created_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
    table.timestamp('expires_at', { useTz: true }).notNullable();
    table.index(['entity_ref', 'environment', 'expires_at']);
  });
}
