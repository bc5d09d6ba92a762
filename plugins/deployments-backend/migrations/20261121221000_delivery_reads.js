// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('deployments', table => {
    table
      .timestamp('first_seen_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('When we learned of it, by our clock');
  });
  await knex.schema.alterTable('delivery_files', table => {
    table
      .timestamp('read_at', { useTz: true })
      .comment('When the read began whose result is held; null when none is');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('delivery_files', table => {
    table.dropColumn('read_at');
  });
  await knex.schema.alterTable('deployments', table => {
    table.dropColumn('first_seen_at');
  });
};
