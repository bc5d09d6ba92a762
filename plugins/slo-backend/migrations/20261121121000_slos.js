// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createEntities(knex);
  await createProjects(knex);
  await createAlerts(knex);
  await createSummaries(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('slo_summaries');
  await knex.schema.dropTable('slo_alerts');
  await knex.schema.dropTable('slo_projects');
  await knex.schema.dropTable('slo_entities');
};

/** @param {import('knex').Knex} knex */
async function createEntities(knex) {
  await knex.schema.createTable('slo_entities', table => {
    table.comment('Entities with SLOs: their file, and how the SLOs stand');
    table.text('entity_ref').primary().comment('Catalog entity');
    table.text('file_url').notNullable().comment('Where the file is read');
    table.text('file_path').notNullable().comment('Path in the repository');
    table.text('file_etag').comment('Of the version that was read last');
    table
      .timestamp('file_due_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('When the file is to be read');
    table.text('file_error').comment('Why it could not be read; else null');
    table
      .jsonb('definitions')
      .notNullable()
      .defaultTo('[]')
      .comment('The SLOs of the last version without a fault');
    table
      .jsonb('problems')
      .notNullable()
      .defaultTo('[]')
      .comment('Faults of the version that was read last');
    table
      .bigInteger('evaluation')
      .notNullable()
      .defaultTo(0)
      .comment('Number of the evaluation, to compare and set');
    table
      .timestamp('evaluation_due_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
    table
      .timestamp('evaluated_at', { useTz: true })
      .comment('When the states were computed; null before the first time');
    table
      .jsonb('slos')
      .notNullable()
      .defaultTo('[]')
      .comment('How the SLOs stood at the last evaluation');
    table
      .text('source_error')
      .comment('Why a source did not answer; else null');
    table.index(['file_due_at']);
  });
  await knex.raw(
    "create index slo_entities_evaluation on slo_entities (evaluation_due_at) where definitions <> '[]'",
  );
}

/** @param {import('knex').Knex} knex */
async function createProjects(knex) {
  await knex.schema.createTable('slo_projects', table => {
    table.comment(
      'Whose a project at a provider is, as deployments verified it',
    );
    table.text('project_id').notNullable().comment("The provider's id");
    table.text('entity_ref').notNullable();
    table
      .timestamp('seen_at', { useTz: true })
      .notNullable()
      .comment('When deployments last said so');
    table.primary(['project_id', 'entity_ref']);
    table.index(['entity_ref']);
  });
}

/** @param {import('knex').Knex} knex */
async function createAlerts(knex) {
  await knex.schema.createTable('slo_alerts', table => {
    table.comment('Alerts that fire, and for 90 days those that did');
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table
      .text('key')
      .notNullable()
      .comment('What the alert is about; at most one of a key fires');
    table.text('entity_ref').notNullable();
    table.text('slo').notNullable().comment('Name of the SLO or of the rule');
    table.text('slo_id').comment('Null when it comes from Prometheus');
    table.text('severity').notNullable().comment('page or ticket');
    table.text('state').notNullable().comment('firing or resolved');
    table.text('source').notNullable().comment('slo or prometheus');
    table.timestamp('starts_at', { useTz: true }).notNullable();
    table.timestamp('ends_at', { useTz: true }).comment('Null while it fires');
    table.text('summary').notNullable();
    table.text('runbook').comment('Path in the repository');
    table.jsonb('evidence').comment('What was measured when it began');
    table.check("(state = 'firing') = (ends_at is null)");
  });
  await knex.raw(
    "create unique index slo_alerts_one_firing on slo_alerts (key) where state = 'firing'",
  );
  await knex.raw(
    'create index slo_alerts_page on slo_alerts (starts_at desc, id desc)',
  );
  await knex.raw(
    'create index slo_alerts_entity_page on slo_alerts (entity_ref, starts_at desc, id desc)',
  );
  await knex.raw(
    "create index slo_alerts_firing_page on slo_alerts (starts_at desc, id desc) where state = 'firing'",
  );
}

/** @param {import('knex').Knex} knex */
async function createSummaries(knex) {
  await knex.schema.createTable('slo_summaries', table => {
    table.comment('How each entity stands, and which changed since');
    table.text('entity_ref').primary();
    table.jsonb('value').notNullable();
    table.specificType('change_sequence', 'bigserial').notNullable().unique();
  });
}
