// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await createCharges(knex);
  await createChargeDays(knex);
  await createChargeSources(knex);
  await createProjectEntities(knex);
  await createBudgets(knex);
  await createCostSummaries(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('cost_summaries');
  await knex.schema.dropTable('budgets');
  await knex.schema.dropTable('project_entities');
  await knex.schema.dropTable('charge_sources');
  await knex.schema.dropTable('charge_days');
  await knex.schema.dropTable('charges');
};

/** @param {import('knex').Knex} knex */
async function createCharges(knex) {
  await knex.schema.createTable('charges', table => {
    table.comment('What providers charge, as told; replaced by source and day');
    table.text('source').notNullable().comment('Id of the source');
    table.date('day').notNullable().comment('UTC day the charge period begins');
    table
      .integer('ordinal')
      .notNullable()
      .comment("Position in the source's answer for the day");
    table.text('category').notNullable().comment('ChargeCategory of FOCUS');
    table.text('service').notNullable().comment('ServiceName of FOCUS');
    table
      .specificType('amount', 'numeric')
      .notNullable()
      .comment('BilledCost of FOCUS, unrounded; negative for credits');
    table
      .specificType('effective_amount', 'numeric')
      .comment('EffectiveCost of FOCUS; in no sum of ours');
    table.text('currency').notNullable().comment('ISO 4217');
    table
      .text('project_key')
      .comment(
        "The provider's id of the project, or 'name:' and its name; null when shared",
      );
    table.text('project_name').comment('As it was called then');
    table.specificType('quantity', 'numeric').comment('What was consumed');
    table.text('unit').comment('Of the quantity');
    table.text('region');
    table.jsonb('other').notNullable().comment('Further columns, unread');
    table.primary(['source', 'day', 'ordinal']);
    table.index(['day'], 'charges_day');
  });
  // Holds what the sums by entity need, so that they read no rows.
  await knex.raw(
    'create index charges_project_day on charges (project_key, day) include (currency, amount)',
  );
}

/** @param {import('knex').Knex} knex */
async function createChargeDays(knex) {
  await knex.schema.createTable('charge_days', table => {
    table.comment('Which days were asked for, and how that went');
    table.text('source').notNullable();
    table.date('day').notNullable();
    table.integer('charge_count').notNullable().comment('Rows in charges');
    table
      .text('content_hash')
      .notNullable()
      .comment('Of the charges held, to leave equal ones alone');
    table
      .timestamp('told_at', { useTz: true })
      .notNullable()
      .comment('When the source was asked for what is held');
    table
      .timestamp('checked_at', { useTz: true })
      .notNullable()
      .comment('When the source was last asked');
    table
      .text('stale_reason')
      .comment('Why its last answer was not taken; else null');
    table.timestamp('stale_since', { useTz: true });
    table.primary(['source', 'day']);
  });
  await knex.raw(
    'create index charge_days_stale on charge_days (day desc) where stale_reason is not null',
  );
}

/** @param {import('knex').Knex} knex */
async function createChargeSources(knex) {
  await knex.schema.createTable('charge_sources', table => {
    table.comment('How the last attempt to ask each source ended');
    table.text('source').primary();
    table.text('last_error').comment('Why it failed; null when it did not');
    table.timestamp('failing_since', { useTz: true });
    table
      .integer('rejected_count')
      .notNullable()
      .defaultTo(0)
      .comment('Lines of the last answer that were no charges');
    table
      .jsonb('rejected_examples')
      .notNullable()
      .defaultTo('[]')
      .comment('The first of them');
  });
}

/** @param {import('knex').Knex} knex */
async function createProjectEntities(knex) {
  await knex.schema.createTable('project_entities', table => {
    table.comment(
      'The entity that pays for a project, as verified by deployments',
    );
    table.text('project_key').primary().comment('As in charges');
    table.text('entity_ref').notNullable();
    table.index(['entity_ref']);
  });
}

/** @param {import('knex').Knex} knex */
async function createBudgets(knex) {
  await knex.schema.createTable('budgets', table => {
    table.comment('What entities name as their monthly budget');
    table.text('entity_ref').primary();
    table.text('value').notNullable().comment('The annotation, unread');
  });
}

/** @param {import('knex').Knex} knex */
async function createCostSummaries(knex) {
  await knex.schema.createTable('cost_summaries', table => {
    table.comment('One CostSummary an entity, ordered by when it changed last');
    table.text('entity_ref').primary();
    table.jsonb('value').notNullable();
    table
      .specificType('change_sequence', 'bigserial')
      .notNullable()
      .unique()
      .comment('New whenever the value changes, its asOf aside');
  });
}
