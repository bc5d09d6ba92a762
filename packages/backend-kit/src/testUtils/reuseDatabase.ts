import type { Knex } from 'knex';

/** What keeps the record of migrations, which stay. */
const MIGRATIONS = 'knex_migrations%';

/** Longer than any statement of a test that is still at work should take. */
const LOCK_TIMEOUT = '60s';

/**
 * Gives the tests of a file one database, emptied for each, where a database
 * and its migrations for each would take most of their time. For tests of
 * migrations, and those that end their connection, it is of no use.
 *
 * Rejects when something of the test before still holds a table. Rows that
 * migrations insert are gone from the second time on.
 *
 * @public
 */
export function reuseDatabase<Id>(databases: { init(id: Id): Promise<Knex> }): {
  init(id: Id): Promise<Knex>;
} {
  let held: Knex | undefined;
  return {
    async init(id: Id): Promise<Knex> {
      if (held) await truncateTables(held);
      else held = await databases.init(id);
      return held;
    },
  };
}

async function truncateTables(knex: Knex): Promise<void> {
  const tables: string[] = await knex('pg_tables')
    .where({ schemaname: 'public' })
    .whereNot('tablename', 'like', MIGRATIONS)
    .pluck('tablename');
  if (tables.length === 0) return;
  await knex.transaction(async tx => {
    await tx.raw(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    await tx.raw(
      `truncate ${tables.map(() => '??').join(', ')} restart identity cascade`,
      tables,
    );
  });
}
