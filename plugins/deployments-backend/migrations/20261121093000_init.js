// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createTrackedEntities(knex);
  await createDeployments(knex);
  await createEnvironments(knex);
  await createLiveDeployments(knex);
  await createWebhookEvents(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('webhook_events');
  await knex.schema.dropTable('live_deployments');
  await knex.schema.dropTable('environments');
  await knex.schema.dropTable('deployments');
  await knex.schema.dropTable('tracked_entities');
};

/** @param {import('knex').Knex} knex */
async function createTrackedEntities(knex) {
  await knex.schema.createTable('tracked_entities', table => {
    table.comment('Entities whose deployments are followed, one lease each');
    table.text('entity_ref').notNullable().comment('Catalog entity');
    table.text('provider').notNullable().comment('Id of the provider');
    table
      .text('entity_etag')
      .comment('Version of the entity from which the project was read');
    table
      .text('project_id')
      .comment("The provider's id of the project; null until resolved");
    table.text('team_id').comment("The provider's id of the team");
    table
      .timestamp('due_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('When the provider is to be asked, or when the lease ends');
    table.uuid('lease_id').comment('New at every claim; null when unclaimed');
    table
      .bigInteger('requested_generation')
      .notNullable()
      .defaultTo(0)
      .comment('Raised by each request to ask at once');
    table
      .bigInteger('claimed_generation')
      .notNullable()
      .defaultTo(0)
      .comment('The requested generation at the last claim');
    table
      .timestamp('last_success_at', { useTz: true })
      .comment('When the provider last answered');
    table.text('last_error').comment('Why it did not answer since; else null');
    table
      .integer('failure_count')
      .notNullable()
      .defaultTo(0)
      .comment('Failures in a row');
    table.primary(['entity_ref', 'provider']);
    table.index(['due_at']);
    table.index(['provider', 'project_id']);
  });
}

/** @param {import('knex').Knex} knex */
async function createDeployments(knex) {
  await knex.schema.createTable('deployments', table => {
    table.comment('Projection of what the providers tell; they are the truth');
    table.text('entity_ref').notNullable().comment('Catalog entity');
    table.text('id').notNullable().comment('<provider>:<external id>');
    table.text('provider').notNullable();
    table.text('external_id').notNullable().comment("The provider's id");
    table.text('project_id').notNullable().comment("The provider's project");
    table.text('team_id').comment("The provider's team");
    table.text('environment').notNullable();
    table.text('state').notNullable();
    table
      .boolean('live')
      .notNullable()
      .defaultTo(false)
      .comment("Whether the environment's traffic goes to it");
    table
      .timestamp('live_since', { useTz: true })
      .comment('When it went live last');
    table.text('url').comment('URL of this very deployment');
    table.text('commit_sha');
    table.text('commit_message').comment('First line');
    table.text('commit_author');
    table.text('commit_ref');
    table.text('commit_url');
    table.text('creator').comment('Who or what began it');
    table.timestamp('created_at', { useTz: true }).notNullable();
    table.timestamp('building_at', { useTz: true });
    table.timestamp('ready_at', { useTz: true });
    table.text('error_message').comment("In the provider's words");
    table.text('inspector_url').comment('Its page at the provider');
    table
      .timestamp('observed_at', { useTz: true })
      .notNullable()
      .comment('When the provider was asked for what is held');
    table.primary(['entity_ref', 'id']);
    table.index(['id']);
  });
  await knex.raw(
    'create index deployments_entity_page on deployments (entity_ref, created_at desc, id desc)',
  );
  await knex.raw(
    'create index deployments_environment_page on deployments (entity_ref, environment, created_at desc, id desc)',
  );
  await knex.raw(
    "create index deployments_unfinished on deployments (entity_ref) where state in ('queued', 'building')",
  );
}

/** @param {import('knex').Knex} knex */
async function createEnvironments(knex) {
  await knex.schema.createTable('environments', table => {
    table.comment('What each environment of an entity serves');
    table.text('entity_ref').notNullable();
    table.text('environment').notNullable();
    table
      .text('live_deployment_id')
      .comment('Null while nothing is known to be live');
    table
      .jsonb('aliases')
      .notNullable()
      .comment('URLs of the environment, the one for its users first');
    table
      .timestamp('observed_at', { useTz: true })
      .notNullable()
      .comment('When the provider was asked for what is held');
    table.primary(['entity_ref', 'environment']);
  });
}

/** @param {import('knex').Knex} knex */
async function createLiveDeployments(knex) {
  await knex.schema.createTable('live_deployments', table => {
    table.comment('History of what was live; append-only but for to_at');
    table.bigIncrements('id');
    table.text('entity_ref').notNullable();
    table.text('environment').notNullable();
    table.text('deployment_id').notNullable();
    table.timestamp('from_at', { useTz: true }).notNullable();
    table
      .timestamp('to_at', { useTz: true })
      .comment('Null while it is still live');
    table.index(['entity_ref', 'environment', 'from_at']);
  });
  await knex.raw(
    'create unique index live_deployments_one_open on live_deployments (entity_ref, environment) where to_at is null',
  );
}

/** @param {import('knex').Knex} knex */
async function createWebhookEvents(knex) {
  await knex.schema.createTable('webhook_events', table => {
    table.comment('Deliveries already acted on, to drop repeats; pruned');
    table.text('provider').notNullable();
    table.text('event_id').notNullable().comment("The provider's event id");
    table
      .timestamp('received_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now());
    table.primary(['provider', 'event_id']);
    table.index(['received_at']);
  });
}
