import type { DatabaseService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { Knex } from 'knex';

/**
 * Connects to the plugin's database and brings its schema up to date.
 *
 * Replicas that start together take turns by an advisory lock; knex's own lock
 * would make all but one of them fail.
 */
export async function applyMigrations(options: {
  database: DatabaseService;
  /** Folder with the migrations, from `resolvePackagePath(name, 'migrations')`. */
  directory: string;
}): Promise<Knex> {
  const { database, directory } = options;
  const knex = await database.getClient();
  if (knex.client.config.client !== 'pg') {
    throw new InputError(
      `Configuration 'backend.database.client' is '${knex.client.config.client}', but Forkyard keeps its data in PostgreSQL only: set it to 'pg'`,
    );
  }
  if (!database.migrations?.skip) {
    await migrateInTurn(knex, directory);
  }
  return knex;
}

/** One lock for each schema, since plugins have schemas of their own. */
const lockKey = `hashtext('forkyard-migrations-' || current_schema())`;

async function migrateInTurn(knex: Knex, directory: string): Promise<void> {
  const connection = await knex.client.acquireConnection();
  try {
    await knex
      .raw(`select pg_advisory_lock(${lockKey})`)
      .connection(connection);
    await knex.migrate.latest({ directory });
  } finally {
    await knex
      .raw(`select pg_advisory_unlock(${lockKey})`)
      .connection(connection)
      .finally(() => knex.client.releaseConnection(connection));
  }
}
