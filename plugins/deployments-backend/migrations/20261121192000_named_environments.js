// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('delivery_files', table => {
    table
      .specificType('environments', 'text[]')
      .notNullable()
      .defaultTo('{}')
      .comment(
        'Those that it names beside production and previews, in its order',
      );
  });
  // The order is known again when the file was read anew, which this brings about.
  await knex.raw(
    `update delivery_files
     set file_etag = null, due_at = now(), environments = array(
       select name from jsonb_object_keys(plans) name
       where name not in ('preview', 'production'))
     where plans is not null`,
  );
  await knex.raw(
    `create index delivery_files_named on delivery_files (entity_ref)
     where cardinality(environments) > 0`,
  );
  await knex.schema.createTable('delivery_environments', table => {
    table.comment('Environments that files name, to be there at the provider');
    column(table.text('entity_ref')).comment('Catalog entity');
    table.text('environment').notNullable().comment('As the file names it');
    table
      .timestamp('due_at', { useTz: true })
      .notNullable()
      .comment('When it is to be looked at, or its claim ends');
    table.uuid('lease_id').comment('New at every claim; null without one');
    table
      .boolean('ready')
      .notNullable()
      .defaultTo(false)
      .comment('Whether it was there at the last look');
    table.integer('failures').notNullable().defaultTo(0).comment('In a row');
    table.text('error').comment('Why it could not be made; else null');
    table.primary(['entity_ref', 'environment']);
  });
  await knex.schema.createTable('delivery_deployments', table => {
    table.comment('Commits that were deployed to an environment by themselves');
    column(table.text('entity_ref')).comment('Catalog entity');
    table.text('environment').notNullable().comment('As the file names it');
    table.text('commit_sha').notNullable().comment('Deployed once');
    table
      .text('source_id')
      .notNullable()
      .comment('Deployment of production that is built anew');
    table.text('deployment_id').comment('What came of it; null until then');
    table
      .timestamp('created_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
    table
      .timestamp('due_at', { useTz: true })
      .notNullable()
      .comment('When it is tried again, or its claim ends');
    table.uuid('lease_id').comment('New at every claim; null without one');
    table.integer('failures').notNullable().defaultTo(0).comment('In a row');
    table.text('error').comment('Why it could not be deployed; else null');
    table.primary(['entity_ref', 'environment', 'commit_sha']);
  });

  /** @param {import('knex').Knex.ColumnBuilder} builder */
  function column(builder) {
    return builder
      .notNullable()
      .references('delivery_files.entity_ref')
      .onDelete('CASCADE');
  }
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('delivery_deployments');
  await knex.schema.dropTable('delivery_environments');
  await knex.schema.alterTable('delivery_files', table => {
    table.dropColumn('environments');
  });
};
