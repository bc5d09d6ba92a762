// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createRollups(knex, {
    name: 'rollup_minutes',
    comment: 'What was counted, by minute; kept for two days',
  });
  await createRollups(knex, {
    name: 'rollup_hours',
    comment: 'Minutes added up by hour; kept for 35 days',
  });
  await knex.schema.alterTable('rollup_minutes', table => {
    table
      .bigInteger('changed_sequence')
      .notNullable()
      .comment('The commit in drain_batches that changed the row last');
  });
  // Sketches are read-modified-written under a lock; room in the page keeps
  // the updates of the counts off the indexes.
  await knex.raw('alter table rollup_minutes set (fillfactor = 70)');
  await createProgress(knex);
  await createBatches(knex);
  await createProjects(knex);
  await createRejections(knex);
  await createSecrets(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('drain_secrets');
  await knex.schema.dropTable('drain_rejections');
  await knex.schema.dropTable('drained_projects');
  await knex.schema.dropTable('drain_batches');
  await knex.schema.dropTable('ingest_progress');
  await knex.schema.dropTable('rollup_hours');
  await knex.schema.dropTable('rollup_minutes');
};

/**
 * @param {import('knex').Knex} knex
 * @param {{ name: string, comment: string }} options
 */
async function createRollups(knex, { name, comment }) {
  await knex.schema.createTable(name, table => {
    table.comment(comment);
    table.text('project_id').notNullable().comment("The provider's project");
    table
      .timestamp('at', { useTz: true })
      .notNullable()
      .comment('Begin of the bucket');
    table
      .text('deployment_id')
      .notNullable()
      .comment("The provider's deployment");
    table.text('environment').notNullable();
    table.integer('requests').notNullable().comment('Each counted once');
    table
      .integer('errors')
      .notNullable()
      .comment('Of these, answered with 500 or above, or not at all');
    table
      .integer('durations')
      .notNullable()
      .comment('How many durations the sketch holds');
    table
      .binary('sketch')
      .comment('DDSketch of durations, protobuf; null without durations');
    table.primary(['project_id', 'at', 'deployment_id', 'environment']);
    table.index(['at']);
  });
}

/** @param {import('knex').Knex} knex */
async function createProgress(knex) {
  await knex.schema.createTable('ingest_progress', table => {
    table.comment('One row: what the other tables of ingest still hold');
    table.boolean('id').primary().defaultTo(true).checkIn(['true']);
    table
      .timestamp('complete_before', { useTz: true })
      .notNullable()
      .comment('Hours before this are right; later ones are read from minutes');
    table
      .timestamp('forgotten_until', { useTz: true })
      .notNullable()
      .comment('Commits up to this may be missing in drain_batches');
  });
  await knex('ingest_progress').insert({
    complete_before: new Date(0),
    forgotten_until: new Date(0),
  });
}

/** @param {import('knex').Knex} knex */
async function createBatches(knex) {
  await knex.schema.createTable('drain_batches', table => {
    table.comment('What was counted lately, so that a repeat is noticed');
    table
      .bigIncrements('sequence')
      .comment('In the order of commits, which one lock serializes');
    table
      .timestamp('committed_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.raw('clock_timestamp()'))
      .index();
    table
      .binary('hashes')
      .notNullable()
      .comment('8 bytes for each request or span that the commit counted');
  });
  // Hashes do not compress, and trying takes time.
  await knex.raw(
    'alter table drain_batches alter column hashes set storage external',
  );
}

/** @param {import('knex').Knex} knex */
async function createProjects(knex) {
  await knex.schema.createTable('drained_projects', table => {
    table.comment('Projects of which a drain has told, mapped or not');
    table.text('project_id').primary();
    table
      .timestamp('last_request_at', { useTz: true })
      .comment('Newest minute with a request');
    table
      .timestamp('last_duration_at', { useTz: true })
      .comment('Newest minute with a duration');
  });
}

/** @param {import('knex').Knex} knex */
async function createRejections(knex) {
  await knex.schema.createTable('drain_rejections', table => {
    table.comment('How many rows of drains were not counted, and why');
    table.timestamp('hour', { useTz: true }).notNullable();
    table.text('kind').notNullable().comment('logs or traces');
    table.text('reason').notNullable();
    table.bigInteger('count').notNullable();
    table.primary(['hour', 'kind', 'reason']);
  });
}

/** @param {import('knex').Knex} knex */
async function createSecrets(knex) {
  await knex.schema.createTable('drain_secrets', table => {
    table.comment('Secrets that we made for drains, sealed');
    table.text('kind').notNullable().comment('logs or traces');
    table.text('endpoint').notNullable().comment('Our URL of the drain');
    table.text('secret_jwe').notNullable();
    table
      .timestamp('created_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
    table.primary(['kind', 'endpoint']);
  });
}
