// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('vercel_webhook_secrets', table => {
    table.comment('Webhook subscriptions at Vercel that we made');
    table.text('webhook_id').primary().comment("Vercel's id");
    table.text('url').notNullable().comment('Where Vercel calls us');
    table
      .text('secret_jwe')
      .notNullable()
      .comment('Secret that signs the deliveries, sealed as JWE');
    table
      .timestamp('created_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('vercel_webhook_secrets');
};
