// @ts-check

const ORDERS = {
  budget: 'budget_order',
  cost: 'cost_order',
  criticals: 'criticals_order',
  alerts: 'alerts_order',
};

/** @param {import('knex').Knex} knex */
async function createVitals(knex) {
  await knex.schema.alterTable('forks', table => {
    table
      .jsonb('vitals')
      .notNullable()
      .defaultTo('{}')
      .comment('What slo, cost, findings and alerts told last, by part');
    table
      .text('deployed_status')
      .comment('Status by its deployments alone; null before the first look');
    table
      .text('deployed_reason')
      .comment('A sentence that says why, by its deployments alone');
  });
  await knex('forks')
    .where({ lifecycle: 'active' })
    .update({
      deployed_status: knex.ref('status'),
      deployed_reason: knex.ref('status_reason'),
    });
}

/**
 * Every order and filter of the list is a column, so that it has an index.
 * What is unknown comes last in the order in which people look.
 *
 * @param {import('knex').Knex} knex
 */
async function createOrders(knex) {
  const month = "(vitals->'cost'->>'monthToDate')::numeric";
  const forecast = "(vitals->'cost'->>'forecast')::numeric";
  const budget =
    "coalesce((vitals->'cost'->>'budget')::numeric, monthly_budget_usd)";
  await knex.schema.alterTable('forks', table => {
    /** @param {string} name @param {string} type @param {string} value */
    const generated = (name, type, value) =>
      table.specificType(
        name,
        `${type} not null generated always as (${value}) stored`,
      );
    generated(
      'budget_order',
      'double precision',
      "coalesce((vitals->'slo'->>'budgetRemainingRatio')::double precision, 1e300)",
    ).comment('Share of the error budget that is left; 1e300 is unknown');
    generated(
      'budget_state',
      'text',
      "coalesce(vitals->'slo'->>'status', 'unknown')",
    ).comment('ok, burning, exhausted, unknown');
    generated(
      'cost_order',
      'double precision',
      `coalesce(case when ${budget} > 0 then (${month} / ${budget})::double precision end, -1e300)`,
    ).comment("Share of the month's budget that is spent; -1e300 is unknown");
    generated(
      'cost_state',
      'text',
      `case when ${month} is null or ${budget} <= 0 then 'unknown'
            when ${month} > ${budget} then 'over'
            when ${forecast} > ${budget} then 'forecast-over'
            else 'within' end`,
    ).comment('over, forecast-over, within, unknown');
    generated(
      'criticals_order',
      'integer',
      "coalesce((vitals->'findings'->>'openCritical')::integer, -1)",
    ).comment('Open critical findings; -1 is unknown');
    generated(
      'findings_state',
      'text',
      `case when (vitals->'findings'->>'openCritical')::integer > 0 then 'critical'
            when (vitals->'findings'->>'overdue')::integer > 0 then 'overdue'
            when vitals->'findings' is null then 'unknown'
            else 'ok' end`,
    ).comment('critical, overdue, ok, unknown');
    generated(
      'alerts_order',
      'integer',
      "coalesce((vitals->'alerts'->>'firing')::integer, -1)",
    ).comment('Alerts that fire; -1 is unknown');
  });
  for (const [order, column] of Object.entries(ORDERS)) {
    for (const scope of ['', 'owner']) {
      const columns = [scope, column, 'name'].filter(Boolean).join(', ');
      await knex.raw(
        `create index forks_by_${[scope, order].filter(Boolean).join('_')} on forks (${columns}) where lifecycle <> 'deleted'`,
      );
    }
  }
}

/**
 * What the other plugins tell of a fork, for the portfolio.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await createVitals(knex);
  await createOrders(knex);
  await knex.schema.createTable('vitals_cursors', table => {
    table.comment('How far the feed of each part has been read');
    table.text('part').primary().comment('slo, cost, findings or alerts');
    table.text('cursor').comment('Where to go on; null is the beginning');
    table
      .timestamp('read_whole_at', { precision: 3 })
      .comment('When the feed was last read from its beginning');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('vitals_cursors');
  await knex.schema.alterTable('forks', table => {
    table.dropColumns(
      'budget_order',
      'budget_state',
      'cost_order',
      'cost_state',
      'criticals_order',
      'findings_state',
      'alerts_order',
      'vitals',
      'deployed_status',
      'deployed_reason',
    );
  });
};
