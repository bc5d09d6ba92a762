// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createCommits(knex);
  await createDeliveryFolds(knex);
  await createDeliveryChanges(knex);
  await knex.raw(
    'create index live_deployments_newest on live_deployments (entity_ref, environment, id)',
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.raw('drop index live_deployments_newest');
  await knex.schema.dropTable('delivery_changes');
  await knex.schema.dropTable('delivery_folds');
  await knex.schema.dropTable('commits');
};

/** @param {import('knex').Knex} knex */
async function createCommits(knex) {
  await knex.schema.createTable('commits', table => {
    table.comment('When deployed commits were made, each asked for once');
    table.text('sha').primary();
    table.text('url').notNullable().comment('Its page, as a provider told');
    table
      .timestamp('committed_at', { useTz: true })
      .comment('Null while it is not known');
    table.integer('attempts').notNullable().defaultTo(0);
    table
      .timestamp('due_at', { useTz: true })
      .defaultTo(knex.fn.now())
      .comment('When to ask; null when known or given up');
    table.text('last_error').comment('Why it is not known; else null');
  });
  await knex.raw(
    'create index commits_due on commits (due_at) where due_at is not null',
  );
}

/** @param {import('knex').Knex} knex */
async function createDeliveryFolds(knex) {
  await knex.schema.createTable('delivery_folds', table => {
    table.comment('How far the history of each entity is classified');
    table.text('entity_ref').primary();
    table
      .bigInteger('last_live_id')
      .comment('Newest row of live_deployments that was looked at');
    table
      .text('rollouts_key')
      .notNullable()
      .comment('Stands for the rollouts that were looked at');
    table
      .timestamp('known_since', { useTz: true })
      .comment('The first traffic that is known of');
  });
}

/** @param {import('knex').Knex} knex */
async function createDeliveryChanges(knex) {
  await knex.schema.createTable('delivery_changes', table => {
    table.comment(
      'Deployments to production, derived from live_deployments and rollouts',
    );
    table.text('entity_ref').notNullable();
    table.text('id').notNullable().comment('live:<id> or rollout:<id>');
    table.text('deployment_id').notNullable();
    table
      .timestamp('at', { useTz: true })
      .notNullable()
      .comment('When it got traffic');
    table.text('traffic').notNullable().comment('all or part');
    table
      .boolean('first_of_version')
      .notNullable()
      .comment('Whether there is a lead time to measure');
    table
      .text('failure_kind')
      .comment('Null unless its traffic was taken back');
    table.timestamp('recovered_at', { useTz: true });
    table.double('recovery_seconds');
    table.text('recovered_by').comment('Deployment that served then');
    table.text('repairs').comment('Failed change after which it is the first');
    table.primary(['entity_ref', 'id']);
  });
  const indexes = {
    delivery_changes_page: '',
    delivery_changes_first: 'where first_of_version',
    delivery_changes_failed: 'where failure_kind is not null',
    delivery_changes_repairs: 'where repairs is not null',
  };
  for (const [name, condition] of Object.entries(indexes)) {
    await knex.raw(
      `create index ${name} on delivery_changes (entity_ref, at desc, id desc) ${condition}`,
    );
  }
}
