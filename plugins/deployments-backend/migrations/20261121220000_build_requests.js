// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('build_requests', table => {
    table.comment('What somebody was about to have built; noted before it is');
    table
      .uuid('id')
      .primary()
      .defaultTo(knex.fn.uuid())
      .comment('By which the build is found again; nobody can guess it');
    table.text('provider').notNullable();
    table.text('project_id').notNullable();
    table.text('environment').notNullable().comment('For which it is built');
    table.text('source_id').notNullable().comment('Deployment that is rebuilt');
    table.text('commit_sha').comment('Null when the provider tells none');
    table.text('asked_by').notNullable().comment('User entity ref or service');
    table
      .timestamp('asked_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
    table.text('deployment_id').comment('What came of it; null until then');
    table.index(['provider', 'project_id', 'environment']);
    table.index(['asked_at']);
  });
  await knex.schema.alterTable('deployment_requests', table => {
    table
      .boolean('confirmed')
      .notNullable()
      .defaultTo(true)
      .comment('False when concluded from a request whose answer was lost');
  });
  await knex.schema.alterTable('delivery_deployments', table => {
    table
      .uuid('request_key')
      .notNullable()
      .defaultTo(knex.fn.uuid())
      .comment('By which the build is found again; nobody can guess it');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('delivery_deployments', table => {
    table.dropColumn('request_key');
  });
  await knex.schema.alterTable('deployment_requests', table => {
    table.dropColumn('confirmed');
  });
  await knex.schema.dropTable('build_requests');
};
