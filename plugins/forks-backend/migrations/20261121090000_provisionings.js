// @ts-check

/** @param {import('knex').Knex} knex */
async function createProvisionings(knex) {
  await knex.schema.createTable('provisionings', table => {
    table.comment('One making of one fork; the durable queue of the saga');
    table.text('id').primary().comment('Random UUID, also our marker');
    table.text('fork_name').notNullable().comment('Name of the fork');
    table.text('owner').notNullable().comment('Entity ref of the owner');
    table.text('created_by').notNullable().comment('Who asked for the fork');
    table
      .text('idempotency_key')
      .comment('Key of the caller; repeats with it give this row');
    table.text('request_hash').notNullable().comment('SHA-256 of the request');
    table
      .jsonb('request')
      .notNullable()
      .comment('The validated request; secrets only as references');
    table
      .text('base_repository')
      .notNullable()
      .comment('owner/repo of the base');
    table.text('base_sha').notNullable().comment('Commit the fork starts from');
    table
      .text('state')
      .notNullable()
      .comment('running, waiting, succeeded, failed, unwinding, unwound');
    table.text('through').notNullable().comment('Last step that may run now');
    table.text('on_failure').notNullable().comment('keep or unwind');
    table
      .timestamp('due_at', { precision: 3 })
      .defaultTo(knex.fn.now(3))
      .comment('When there is work; while leased, when the lease runs out');
    table.uuid('lease_id').comment('New at every claim; fences late writers');
    table
      .integer('requested_generation')
      .notNullable()
      .defaultTo(0)
      .comment('Bumped by every request from outside');
    table
      .integer('retries')
      .notNullable()
      .defaultTo(0)
      .comment('Automatic retries of the current step so far');
    table
      .integer('last_sequence')
      .notNullable()
      .defaultTo(0)
      .comment('Highest sequence among the log lines');
    table
      .timestamp('created_at', { precision: 3 })
      .notNullable()
      .defaultTo(knex.fn.now(3))
      .comment('When it was asked for; date of the commit in the fork');
    table
      .timestamp('updated_at', { precision: 3 })
      .notNullable()
      .defaultTo(knex.fn.now(3))
      .comment('When the ledger changed last');
    table.unique(['created_by', 'idempotency_key'], {
      indexName: 'provisionings_idempotency',
    });
    table.index(['created_at', 'id'], 'provisionings_newest');
    table.index(['state', 'created_at', 'id'], 'provisionings_by_state');
  });
  await knex.raw(
    `create unique index provisionings_one_for_each_fork on provisionings (fork_name) where state <> 'unwound'`,
  );
  await knex.raw(
    `create index provisionings_due on provisionings (due_at) where due_at is not null`,
  );
}

/** @param {import('knex').Knex} knex */
async function createSteps(knex) {
  await knex.schema.createTable('provisioning_steps', table => {
    table.comment('The ledger: intent before the call, result after it');
    table
      .text('provisioning_id')
      .notNullable()
      .references('provisionings.id')
      .onDelete('CASCADE')
      .comment('The provisioning');
    table.text('step_id').notNullable().comment('Id of the step');
    table.smallint('position').notNullable().comment('Order of the steps');
    table
      .text('state')
      .notNullable()
      .comment('pending, running, succeeded, skipped, failed, undone');
    table
      .integer('attempts')
      .notNullable()
      .defaultTo(0)
      .comment('How often the step was begun');
    table
      .timestamp('started_at', { precision: 3 })
      .comment('When the last attempt began');
    table
      .timestamp('finished_at', { precision: 3 })
      .comment('When the last attempt ended');
    table
      .jsonb('intent')
      .notNullable()
      .defaultTo('[]')
      .comment('Resources the step is about to make; written before the call');
    table
      .jsonb('resources')
      .notNullable()
      .defaultTo('[]')
      .comment('Resources the step made; written after the call');
    table
      .jsonb('facts')
      .notNullable()
      .defaultTo('{}')
      .comment('What later steps need to know of this one');
    table
      .jsonb('undo')
      .notNullable()
      .defaultTo('[]')
      .comment('How to undo the step, in order');
    table
      .jsonb('error')
      .comment('Why the step failed: message, action, retryable');
    table.primary(['provisioning_id', 'step_id']);
  });
  await knex.raw(
    `create index provisioning_steps_durations on provisioning_steps (step_id, finished_at desc) where state = 'succeeded'`,
  );
}

/** @param {import('knex').Knex} knex */
async function createLogLines(knex) {
  await knex.schema.createTable('provisioning_log_lines', table => {
    table.comment('The log of a provisioning, redacted before it is kept');
    table
      .text('provisioning_id')
      .notNullable()
      .references('provisionings.id')
      .onDelete('CASCADE')
      .comment('The provisioning');
    table
      .integer('sequence')
      .notNullable()
      .comment('Increases by one within a provisioning');
    table
      .timestamp('at', { precision: 3 })
      .notNullable()
      .comment('When the line was written');
    table.text('step_id').notNullable().comment('Step that wrote it');
    table.text('level').notNullable().comment('info, warn or error');
    table.text('message').notNullable().comment('The line');
    table.primary(['provisioning_id', 'sequence']);
  });
}

/**
 * The provisioning ledger: what is to be made, what each step made, its log.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await createProvisionings(knex);
  await createSteps(knex);
  await createLogLines(knex);
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('provisioning_log_lines');
  await knex.schema.dropTable('provisioning_steps');
  await knex.schema.dropTable('provisionings');
};
