// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('staged_projects', table => {
    table
      .timestamp('asked_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('Since when a plan asks for it');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('staged_projects', table => {
    table.dropColumn('asked_at');
  });
};
