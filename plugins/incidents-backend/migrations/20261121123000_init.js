// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createAlerts(knex);
  await createRuns(knex);
  await createRunSteps(knex);
  await createTimeline(knex);
  await createRunbookFolders(knex);
  await createSummaries(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('alert_summaries');
  await knex.schema.dropTable('runbook_folders');
  await knex.schema.dropTable('timeline_entries');
  await knex.raw('drop function refuse_timeline_change()');
  await knex.schema.dropTable('runbook_run_steps');
  await knex.schema.dropTable('runbook_runs');
  await knex.schema.dropTable('alerts');
};

/** Milliseconds, as JavaScript has them, so that cursors are exact. */
const MOMENT = { useTz: true, precision: 3 };

/** @param {import('knex').Knex} knex */
async function createAlerts(knex) {
  await knex.schema.createTable('alerts', table => {
    table.comment('What was or is wrong, once for each beginning');
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table.text('entity_ref').comment('Catalog entity; null while unknown');
    table.text('source').notNullable().comment('slo, prometheus, alertmanager');
    table.text('fingerprint').notNullable().comment("The source's name of it");
    table.text('title').notNullable();
    table.text('summary').notNullable();
    table.text('severity').notNullable().comment('page or ticket');
    table
      .text('state')
      .notNullable()
      .comment('firing, acknowledged or resolved');
    table
      .boolean('firing_at_source')
      .notNullable()
      .comment('What the source said last, whatever people did');
    table
      .timestamp('observed_at', MOMENT)
      .notNullable()
      .comment('When the source was asked for that; earlier answers are old');
    table.timestamp('starts_at', MOMENT).notNullable();
    table.timestamp('ends_at', MOMENT).comment('Null until resolved');
    table.text('acknowledged_by').comment('Entity ref of a user');
    table.timestamp('acknowledged_at', MOMENT);
    table.text('resolved_by').comment('Entity ref of a user; null if source');
    table.text('runbook').comment('Path in the repository');
    table.jsonb('labels').notNullable();
    table.text('url').comment('Its page at the source');
    table
      .timestamp('updated_at', MOMENT)
      .notNullable()
      .defaultTo(knex.raw('now()'));
    table
      .text('announce_change')
      .comment(
        'What others are still to be told: fired, acknowledged, resolved',
      );
    table
      .timestamp('announce_due_at', MOMENT)
      .comment('When to tell them (again); null when they were told');
    table
      .uuid('announce_lease_id')
      .comment('New at every claim to tell them; null once something changed');
    table.unique(['source', 'fingerprint', 'starts_at']);
  });
  for (const index of [
    'alerts_page on alerts (starts_at desc, id desc)',
    'alerts_entity_page on alerts (entity_ref, starts_at desc, id desc)',
    "alerts_open_page on alerts (starts_at desc, id desc) where state <> 'resolved'",
    'alerts_unassigned_page on alerts (starts_at desc, id desc) where entity_ref is null',
    'alerts_firing_at_source on alerts (source, id) where firing_at_source',
    'alerts_announce_due on alerts (announce_due_at) where announce_due_at is not null',
  ]) {
    await knex.raw(`create index ${index}`);
  }
}

/** @param {import('knex').Knex} knex */
async function createRuns(knex) {
  await knex.schema.createTable('runbook_runs', table => {
    table.comment('Runs of runbooks, one lease each');
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table.text('entity_ref').notNullable();
    table.text('runbook_path').notNullable().comment('In the repository');
    table.text('runbook_title').notNullable();
    table.text('runbook_hash').notNullable().comment('SHA-256 of the file');
    table.text('runbook_sha').comment('Commit of the file, when known');
    table.uuid('alert_id').references('id').inTable('alerts');
    table
      .text('state')
      .notNullable()
      .comment('running, waiting, succeeded, failed or canceled');
    table.text('started_by').notNullable().comment('Entity ref of a user');
    table
      .timestamp('started_at', MOMENT)
      .notNullable()
      .defaultTo(knex.raw('now()'));
    table.timestamp('ended_at', MOMENT);
    table
      .timestamp('due_at', MOMENT)
      .comment('When to go on, or when the lease ends; null while it waits');
    table.uuid('lease_id').comment('New at every claim; null when unclaimed');
    table.index(['due_at']);
    table.index(['alert_id']);
  });
  await knex.raw(
    'create index runbook_runs_page on runbook_runs (entity_ref, started_at desc, id desc)',
  );
}

/** @param {import('knex').Knex} knex */
async function createRunSteps(knex) {
  await knex.schema.createTable('runbook_run_steps', table => {
    table.comment('Steps of runs, as they were in the runbook at the start');
    table.uuid('run_id').references('id').inTable('runbook_runs');
    table.integer('index').comment('Counted from 0');
    table.text('type').notNullable();
    table.text('title').notNullable();
    table.text('state').notNullable();
    table.timestamp('started_at', MOMENT);
    table.timestamp('ended_at', MOMENT);
    table.text('by').comment('Who pressed its button or answered');
    table.jsonb('input').notNullable().comment('What it is told to do');
    table
      .jsonb('output')
      .notNullable()
      .defaultTo('{}')
      .comment('Before a call what is meant to happen, then what did');
    table
      .boolean('called')
      .notNullable()
      .defaultTo(false)
      .comment('Whether the answer of its call is known');
    table.text('error').comment('Why it failed');
    table.primary(['run_id', 'index']);
  });
}

/** @param {import('knex').Knex} knex */
async function createTimeline(knex) {
  await knex.schema.createTable('timeline_entries', table => {
    table.comment('What happened to alerts and in runs; append-only');
    table.bigIncrements('id');
    table.timestamp('at', MOMENT).notNullable().defaultTo(knex.raw('now()'));
    table.text('who').notNullable().comment('Entity ref, or name of a source');
    table.text('kind').notNullable();
    table.text('text').notNullable();
    table.uuid('alert_id').references('id').inTable('alerts');
    table.uuid('run_id').references('id').inTable('runbook_runs');
    table.integer('step_index');
    table.index(['alert_id', 'id']);
    table.index(['run_id', 'id']);
  });
  await knex.raw(`
    create function refuse_timeline_change() returns trigger language plpgsql as $$
    begin
      raise exception 'timeline_entries is append-only';
    end $$`);
  await knex.raw(`
    create trigger timeline_append_only before update or delete on timeline_entries
    for each row execute function refuse_timeline_change()`);
}

/** @param {import('knex').Knex} knex */
async function createRunbookFolders(knex) {
  await knex.schema.createTable('runbook_folders', table => {
    table.comment('What was last read from the folders with runbooks');
    table.text('entity_ref').primary();
    table.text('location').notNullable().comment('URL of the folder');
    table.text('folder').notNullable().comment('Its path in the repository');
    table.text('etag').comment("The source's version; null before the first");
    table.jsonb('files').notNullable().comment('[{ path, markdown }]');
    table.jsonb('left_out').notNullable().comment('Sentences');
    table.timestamp('read_at', MOMENT).comment('Last success');
    table.timestamp('tried_at', MOMENT).notNullable().comment('Last attempt');
    table.text('last_error').comment('Why the last attempt failed; else null');
  });
}

/** @param {import('knex').Knex} knex */
async function createSummaries(knex) {
  await knex.schema.createTable('alert_summaries', table => {
    table.comment('What fires at each entity, as a feed of changes');
    table.text('entity_ref').primary();
    table.jsonb('value').notNullable().comment('AlertsSummary');
    table.specificType('change_sequence', 'bigserial').notNullable().unique();
  });
}
