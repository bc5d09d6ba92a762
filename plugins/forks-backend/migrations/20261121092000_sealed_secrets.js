// @ts-check

/**
 * Secrets on their way from the form to the provider, encrypted.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('sealed_secrets', table => {
    table.comment(
      'Encrypted values that live until the fork has been deployed',
    );
    table.text('ref').primary().comment('Random; all that leaves this table');
    table.text('jwe').notNullable().comment('Compact JWE, dir and A256GCM');
    table.text('owner_ref').notNullable().comment('Who sealed it');
    table
      .text('provisioning_id')
      .references('provisionings.id')
      .onDelete('CASCADE')
      .comment('The provisioning that uses it, once one does');
    table
      .timestamp('created_at', { precision: 3 })
      .notNullable()
      .defaultTo(knex.fn.now(3))
      .comment('When it was sealed');
    table
      .timestamp('expires_at', { precision: 3 })
      .notNullable()
      .comment('When the janitor deletes it');
    table.index('provisioning_id', 'sealed_secrets_by_provisioning');
    table.index('expires_at', 'sealed_secrets_by_expiry');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('sealed_secrets');
};
