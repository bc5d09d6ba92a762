// @ts-check

/**
 * How often production changed its version, for the portfolio.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('forks', table => {
    table
      .jsonb('deploys_by_day')
      .notNullable()
      .defaultTo('{}')
      .comment('Changes of the live version by day in UTC, of 14 days');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('forks', table => {
    table.dropColumn('deploys_by_day');
  });
};
