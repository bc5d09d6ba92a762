// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createTrackedEntities(knex);
  await createScans(knex);
  await createSightings(knex);
  await createFindings(knex);
  await createFindingsSummaries(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('findings_summaries');
  await knex.schema.dropTable('findings');
  await knex.schema.dropTable('sightings');
  await knex.schema.dropTable('scans');
  await knex.schema.dropTable('tracked_entities');
};

/** @param {import('knex').Knex} knex */
async function createTrackedEntities(knex) {
  await knex.schema.createTable('tracked_entities', table => {
    table.comment('Entities whose repository is looked at');
    table.text('entity_ref').primary().comment('Catalog entity');
    table
      .text('repository')
      .comment(
        'owner/name, lower case; null when it may not name the one it does',
      );
    table
      .text('refusal')
      .comment('Why the entity may not name its repository; else null');
    table.index(['repository']);
  });
}

/** @param {import('knex').Knex} knex */
async function createScans(knex) {
  await knex.schema.createTable('scans', table => {
    table.comment(
      'What is known of each source for each entity, one lease each',
    );
    table.text('entity_ref').notNullable();
    table.text('source').notNullable();
    table
      .text('category')
      .notNullable()
      .defaultTo('')
      .comment('Category of uploaded reports; empty for the other sources');
    table
      .text('condition')
      .notNullable()
      .defaultTo('waiting')
      .comment('See SourceCondition in security-findings-common');
    table.text('reason').comment('Why it is off, failing or unconfirmed');
    table
      .timestamp('as_of', { useTz: true })
      .comment('When it was last looked at with success');
    table
      .text('version')
      .comment('What was looked at: the commit and the settings of the scan');
    table
      .text('doubted_version')
      .comment(
        'The version that had far less than before; null when in no doubt',
      );
    table
      .timestamp('due_at', { useTz: true })
      .defaultTo(knex.fn.now())
      .comment('When to look, or when the lease ends; null for uploads');
    table.uuid('lease_id').comment('New at every claim; null when unclaimed');
    table
      .bigInteger('requested_generation')
      .notNullable()
      .defaultTo(0)
      .comment('Raised by each request to look at once');
    table
      .bigInteger('claimed_generation')
      .notNullable()
      .defaultTo(0)
      .comment('The requested generation at the last claim');
    table
      .integer('failure_count')
      .notNullable()
      .defaultTo(0)
      .comment('Failures in a row');
    table.primary(['entity_ref', 'source', 'category']);
    table.index(['due_at']);
    table.index(['lease_id']);
  });
}

/** @param {import('knex').Knex} knex */
async function createSightings(knex) {
  await knex.schema.createTable('sightings', table => {
    table.comment(
      'What each source reports as open now; deleted when it no longer does',
    );
    table.text('entity_ref').notNullable();
    table.text('source').notNullable();
    table.text('category').notNullable().defaultTo('');
    table.text('fingerprint').notNullable();
    table
      .text('content_hash')
      .notNullable()
      .comment('Tells without reading it whether the report changed');
    table
      .jsonb('report')
      .notNullable()
      .comment(
        'FindingReport of security-findings-common; plain text, no secret values',
      );
    table.primary(['entity_ref', 'source', 'category', 'fingerprint']);
    table.index(['entity_ref', 'fingerprint']);
  });
}

/** @param {import('knex').Knex} knex */
async function createFindings(knex) {
  await knex.schema.createTable('findings', table => {
    table.comment('One row a problem of an entity, merged from its sightings');
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table.text('entity_ref').notNullable();
    table.text('fingerprint').notNullable();
    table
      .text('state')
      .notNullable()
      .comment('open, fixed or waived; fixed when no sighting is left');
    table
      .specificType('severity_rank', 'smallint')
      .notNullable()
      .comment('0 critical, 1 high, 2 medium, 3 low, 4 unknown');
    table.timestamp('first_seen_at', { useTz: true }).notNullable();
    table
      .timestamp('last_seen_at', { useTz: true })
      .notNullable()
      .comment('Exact to an hour while nothing changes');
    table.timestamp('fixed_at', { useTz: true });
    table
      .specificType('sources', 'text[]')
      .notNullable()
      .comment('Who reports it, or did last');
    table
      .jsonb('report')
      .notNullable()
      .comment('MergedReport of security-findings-common');
    table
      .text('search_text')
      .notNullable()
      .comment('Lower-case title, rule, path, package and identifiers');
    table.text('waiver_reason').comment('Null when there is no waiver');
    table.text('waived_by').comment('Entity ref of who waived it');
    table.timestamp('waived_at', { useTz: true });
    table
      .timestamp('waiver_expires_at', { useTz: true })
      .comment(
        'The waiver stays, without effect, until the finding is seen again',
      );
    table.unique(['entity_ref', 'fingerprint']);
  });
  await knex.raw(
    'create index findings_page on findings (entity_ref, state, severity_rank, first_seen_at, id)',
  );
  await knex.raw(
    "create index findings_waived on findings (waiver_expires_at) where state = 'waived'",
  );
  await knex.raw(
    "create index findings_open on findings (entity_ref, severity_rank, first_seen_at) where state = 'open'",
  );
}

/** @param {import('knex').Knex} knex */
async function createFindingsSummaries(knex) {
  await knex.schema.createTable('findings_summaries', table => {
    table.comment(
      'Counts of open findings of each entity, as other backends see them',
    );
    table.text('entity_ref').primary();
    table.jsonb('value').notNullable().comment('What is told, as it is told');
    table
      .specificType('change_sequence', 'bigserial')
      .notNullable()
      .comment('Grows whenever the value changes; readers remember it');
    table.unique(['change_sequence']);
  });
}
