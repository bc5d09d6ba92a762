// @ts-check

/** @param {import('knex').Knex} knex */
async function createForks(knex) {
  await knex.schema.createTable('forks', table => {
    table.comment('One row for each fork');
    table
      .text('name')
      .primary()
      .comment('Also the name of the repository and the project');
    table.text('title').notNullable().comment('Name for people');
    table.text('description').notNullable().comment('What it is');
    table.text('entity_ref').notNullable().comment('Entity in the catalog');
    table.text('owner').notNullable().comment('Entity ref of the owner');
    table.text('system').comment('Entity ref of the system');
    table
      .text('lifecycle')
      .notNullable()
      .comment('provisioning, active, failed, unwinding, deleted');
    table
      .text('status')
      .notNullable()
      .comment('One word of the status language');
    table
      .specificType(
        'status_rank',
        `smallint not null generated always as (case status
           when 'failing' then 0 when 'degraded' then 1 when 'waiting' then 2
           when 'in-progress' then 3 when 'unknown' then 4 else 5 end) stored`,
      )
      .comment('Order of the list: failing first');
    table
      .text('status_reason')
      .notNullable()
      .comment('A sentence that says why');
    table
      .timestamp('status_since', { precision: 3 })
      .notNullable()
      .defaultTo(knex.fn.now(3))
      .comment('When the status took this value');
    table
      .text('base_repository')
      .notNullable()
      .comment('owner/repo of the base');
    table.text('base_sha').notNullable().comment('Commit the fork began from');
    table.text('repository_url').comment('Page of the repository');
    table.text('production_url').comment('Where its users open it');
    table.text('project_id').comment("The hosting provider's project id");
    table.text('slo_tier').notNullable().comment('standard or critical');
    table
      .decimal('monthly_budget_usd', 12, 2)
      .notNullable()
      .comment('Budget, US dollars a month');
    table.text('live_deployment_id').comment('What production serves');
    table.text('live_sha').comment('Commit that production serves');
    table.text('live_message').comment('First line of its message');
    table.text('live_author').comment('Who wrote it');
    table.timestamp('live_since', { precision: 3 }).comment('Since when');
    table
      .specificType(
        'live_order',
        `timestamptz(3) not null generated always as (coalesce(live_since, timestamptz '1970-01-01 00:00:00+00')) stored`,
      )
      .comment('live_since without its null, to sort and page by');
    table
      .timestamp('projected_at', { precision: 3 })
      .comment('When deployments were last asked about this fork');
    table.text('provisioning_id').notNullable().comment('What made it');
    table
      .timestamp('created_at', { precision: 3 })
      .notNullable()
      .defaultTo(knex.fn.now(3))
      .comment('When it was asked for');
    table.text('created_by').notNullable().comment('Who asked for it');
    table
      .specificType(
        'search',
        `tsvector not null generated always as (to_tsvector('simple', regexp_replace(name || ' ' || title, '[!-/:-@[-\`{-~]+', ' ', 'g'))) stored`,
      )
      .comment('Words of name and title, to search by prefix');
    table.index('entity_ref', 'forks_by_entity');
  });
}

/**
 * The fork registry. Every filter and every order of the list has a column and
 * an index here, so that its first page costs the same at any size.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await createForks(knex);
  for (const [order, columns] of Object.entries({
    status: 'status_rank, name',
    live: 'live_order, name',
    created: 'created_at, name',
    name: 'name',
    owner_status: 'owner, status_rank, name',
    owner_live: 'owner, live_order, name',
    owner_created: 'owner, created_at, name',
    system_status: 'system, status_rank, name',
    owner_count: 'owner, status',
    projection: 'projected_at nulls first, name',
  })) {
    await knex.raw(
      `create index forks_by_${order} on forks (${columns}) where lifecycle <> 'deleted'`,
    );
  }
  await knex.raw('create index forks_by_words on forks using gin (search)');
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('forks');
};
