// @ts-check

/**
 * What waits for somebody's word is looked for on every home page.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.raw(
    "create index rollout_approvals_pending on rollout_approvals (requested_at, id) where state = 'pending'",
  );
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.raw('drop index rollout_approvals_pending');
};
