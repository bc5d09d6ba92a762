// @ts-check

/** Milliseconds, as JavaScript has them. */
const MOMENT = { useTz: true, precision: 3 };

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('alerts', table => {
    table
      .text('announce_decision')
      .comment(
        'Whether the owners are told of this change by itself: send, withhold; null until decided',
      );
  });
  await knex.schema.createTable('notification_limits', table => {
    table.comment('How many notifications each entity had in the last hour');
    table.text('entity_ref').primary();
    table
      .specificType('sent_at', 'timestamptz(3)[]')
      .notNullable()
      .defaultTo('{}')
      .comment('When those of single alerts were allowed, one hour back');
    table
      .integer('more_alerts')
      .notNullable()
      .defaultTo(0)
      .comment('Alerts that began and were not told of one by one');
    table
      .integer('more_pages')
      .notNullable()
      .defaultTo(0)
      .comment('Those of them that are pages');
    table
      .integer('more_ends')
      .notNullable()
      .defaultTo(0)
      .comment('Alerts that ended and were not told of one by one');
    table
      .timestamp('since', MOMENT)
      .comment('When the first of these was held back; null without any');
    table
      .timestamp('due_at', MOMENT)
      .comment('When to tell of them (again); null without any');
    table
      .uuid('lease_id')
      .comment('New at every claim to tell of them; null when unclaimed');
  });
  await knex.raw(
    'create index notification_limits_due on notification_limits (due_at) where due_at is not null',
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('notification_limits');
  await knex.schema.alterTable('alerts', table => {
    table.dropColumn('announce_decision');
  });
};
