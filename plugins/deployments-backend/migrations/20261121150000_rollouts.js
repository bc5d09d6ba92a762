// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('environments', table => {
    table
      .jsonb('pinned')
      .comment('Since when and why a rollback holds the traffic; else null');
  });
  await createRollouts(knex);
  await createTransitions(knex);
  await createPoints(knex);
  await createStagedProjects(knex);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('staged_projects');
  await knex.schema.dropTable('rollout_points');
  await knex.schema.dropTable('rollout_transitions');
  await knex.schema.dropTable('rollouts');
  await knex.schema.alterTable('environments', table => {
    table.dropColumn('pinned');
  });
};

/** @param {import('knex').Knex} knex */
async function createRollouts(knex) {
  await knex.schema.createTable('rollouts', table => {
    table.comment('New versions on their way to traffic, one lease each');
    table.uuid('id').primary().defaultTo(knex.raw('gen_random_uuid()'));
    table.text('entity_ref').notNullable().comment('Catalog entity');
    table.text('environment').notNullable();
    table.text('provider').notNullable();
    table.text('project_id').notNullable().comment("The provider's project");
    table.text('team_id').comment("The provider's team");
    table.text('deployment_id').notNullable().comment('The new version');
    table.timestamp('deployment_created_at', { useTz: true }).notNullable();
    table.jsonb('commit');
    table.text('stable_deployment_id').comment('What served before');
    table.jsonb('stable_commit');
    table.jsonb('plan').notNullable().comment('As it was at the beginning');
    table
      .boolean('by_person')
      .notNullable()
      .comment('Asked for by somebody, not begun for a push');
    table.text('state').notNullable();
    table.text('reason').notNullable().comment('Why it is in this state');
    table.integer('percent').notNullable().defaultTo(0);
    table.integer('stage_index').comment('Of plan.stages, from 0');
    table
      .timestamp('stage_started_at', { useTz: true })
      .comment('When the traffic of the stage, or of the watch, arrived');
    table.jsonb('verdict').comment('The last one');
    table.jsonb('verdict_state').comment('What was folded into the verdict');
    table.jsonb('gates').notNullable().comment('As last evaluated');
    table.jsonb('progress').notNullable().comment('What the controller keeps');
    table
      .bigInteger('revision')
      .notNullable()
      .defaultTo(0)
      .comment('Raised by each write; who has read an older one may not write');
    table.text('created_by').notNullable();
    table
      .timestamp('created_at', { useTz: true, precision: 3 })
      .notNullable()
      .defaultTo(knex.fn.now());
    table.timestamp('ended_at', { useTz: true }).comment('Null while active');
    table
      .timestamp('due_at', { useTz: true })
      .notNullable()
      .defaultTo(knex.fn.now())
      .comment('When its next step is due, or when the lease ends');
    table.uuid('lease_id').comment('New at every claim; null when unclaimed');
    table.bigInteger('requested_generation').notNullable().defaultTo(0);
    table.bigInteger('claimed_generation').notNullable().defaultTo(0);
    table.integer('failure_count').notNullable().defaultTo(0);
  });
  await knex.raw(
    "create unique index rollouts_one_active on rollouts (provider, project_id, environment) where ended_at is null and state <> 'queued'",
  );
  await knex.raw(
    'create unique index rollouts_one_of_deployment on rollouts (deployment_id) where ended_at is null',
  );
  await knex.raw(
    'create index rollouts_scope on rollouts (provider, project_id, environment, ended_at desc)',
  );
  await knex.raw(
    'create index rollouts_deployment on rollouts (deployment_id)',
  );
  await knex.raw(
    'create index rollouts_due on rollouts (due_at) where ended_at is null',
  );
  await knex.raw(
    'create index rollouts_entity_page on rollouts (entity_ref, created_at desc, id desc)',
  );
}

/** @param {import('knex').Knex} knex */
async function createTransitions(knex) {
  await knex.schema.createTable('rollout_transitions', table => {
    table.comment('Every change of a rollout with its evidence; append-only');
    table.bigIncrements('id');
    table
      .uuid('rollout_id')
      .notNullable()
      .references('rollouts.id')
      .onDelete('CASCADE');
    table
      .timestamp('at', { useTz: true })
      .notNullable()
      .defaultTo(knex.raw('clock_timestamp()'));
    table.text('from_state').comment('Null for the first');
    table.text('to_state').notNullable();
    table.integer('percent').notNullable().comment('Meant from here on');
    table.text('actor').notNullable().comment('User, service or forkyard');
    table.text('reason').notNullable();
    table.text('comment').comment('What a person wrote to it');
    table.jsonb('verdict');
    table.jsonb('gates');
    table.index(['rollout_id', 'id']);
  });
}

/** @param {import('knex').Knex} knex */
async function createPoints(knex) {
  await knex.schema.createTable('rollout_points', table => {
    table.comment('What both versions served from step to step, for charts');
    table.bigIncrements('id');
    table
      .uuid('rollout_id')
      .notNullable()
      .references('rollouts.id')
      .onDelete('CASCADE');
    table.timestamp('at', { useTz: true }).notNullable();
    table.integer('percent').notNullable();
    table.jsonb('canary').notNullable().comment('Since the point before');
    table.jsonb('stable').notNullable().comment('Since the point before');
    table.double('harm_progress').notNullable();
    table.double('good_progress').notNullable();
    table.index(['rollout_id', 'id']);
  });
}

/** @param {import('knex').Knex} knex */
async function createStagedProjects(knex) {
  await knex.schema.createTable('staged_projects', table => {
    table.comment(
      'Projects whose deployments wait for a promotion because we said so',
    );
    table.text('provider').notNullable();
    table.text('project_id').notNullable();
    table
      .timestamp('set_at', { useTz: true })
      .comment('When the provider was told; null while it was not');
    table.primary(['provider', 'project_id']);
  });
}
