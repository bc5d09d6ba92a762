// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('deployment_requests', table => {
    table.comment('Who had something built for production in the portal');
    table.text('deployment_id').primary();
    table.text('asked_by').notNullable().comment('User entity ref or service');
    table
      .timestamp('asked_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('deployment_requests');
};
