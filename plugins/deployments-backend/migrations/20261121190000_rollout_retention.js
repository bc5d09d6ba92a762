// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('rollouts', table => {
    table
      .timestamp('points_thinned_at', { useTz: true })
      .comment('When its points became one a minute; null while they are all');
  });
  await knex.raw(
    'create index rollouts_to_thin on rollouts (ended_at) where ended_at is not null and points_thinned_at is null',
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('rollouts', table => {
    table.dropIndex([], 'rollouts_to_thin');
    table.dropColumn('points_thinned_at');
  });
};
