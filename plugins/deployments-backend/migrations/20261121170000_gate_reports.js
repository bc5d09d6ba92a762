// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('gate_reports', table => {
    table.comment(
      'Of each rollout with gates, what outside still has to be told of it',
    );
    table.text('rollout_id').primary();
    table
      .text('checks')
      .comment('What the platform was told last of its deployment');
    table
      .timestamp('due_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('When it is looked after at the latest, also without an event');
    table
      .timestamp('settled_at', { useTz: true })
      .comment('When it had ended and all was told, or was given up');
  });
  await knex.raw(
    'create index gate_reports_due on gate_reports (due_at) where settled_at is null',
  );
  await knex.schema.alterTable('gate_results', table => {
    table
      .text('public_reason')
      .comment('What may be told outside; null when the reason may');
  });
  await knex.schema.alterTable('rollout_approvals', table => {
    table.text('note').comment('What is to be known of how it was judged');
  });
  await knex.raw(
    'insert into gate_reports (rollout_id) select distinct rollout_id from gate_results',
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('rollout_approvals', table => {
    table.dropColumn('note');
  });
  await knex.schema.alterTable('gate_results', table => {
    table.dropColumn('public_reason');
  });
  await knex.schema.dropTable('gate_reports');
};
