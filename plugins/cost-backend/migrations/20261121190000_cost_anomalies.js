// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('cost_anomalies', table => {
    table.comment('Days on which an entity cost unusually much');
    table.text('entity_ref').notNullable();
    table.date('day').notNullable().comment('UTC day');
    table.specificType('amount', 'numeric').notNullable().comment('US dollars');
    table
      .specificType('usual', 'numeric')
      .notNullable()
      .comment('What such a day usually costs');
    table
      .boolean('is_withdrawn')
      .notNullable()
      .defaultTo(false)
      .comment('No longer unusual, which is yet to be told; then deleted');
    table
      .timestamp('told_at', { useTz: true })
      .comment('When others were told of it; null when not yet');
    table
      .boolean('is_notified')
      .notNullable()
      .defaultTo(false)
      .comment('Whether the owners were told');
    table.primary(['entity_ref', 'day']);
  });
  await knex.raw(
    'create index cost_anomalies_untold on cost_anomalies (day) where told_at is null or is_withdrawn',
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('cost_anomalies');
};
