// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('delivery_files', table => {
    table.comment(
      'What forkyard.yaml of each entity says of how it is rolled out',
    );
    table.text('entity_ref').primary().comment('Catalog entity');
    table.text('file_url').comment('Where it was read last');
    table.text('file_etag').comment('Of the version that was read last');
    table
      .timestamp('due_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('When it is to be read');
    table
      .bigInteger('begun_read')
      .notNullable()
      .defaultTo(0)
      .comment('Number of the read that began last');
    table
      .bigInteger('saved_read')
      .notNullable()
      .defaultTo(0)
      .comment('Number of the read whose result is held');
    table
      .boolean('known')
      .notNullable()
      .defaultTo(false)
      .comment('Whether it was ever read or found missing');
    table
      .jsonb('plans')
      .comment('By environment, of the last good version; null without one');
    table
      .jsonb('problems')
      .notNullable()
      .defaultTo('[]')
      .comment('Faults of the version that was read last');
    table.text('error').comment('Why it could not be read; else null');
    table.index(['due_at']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('delivery_files');
};
