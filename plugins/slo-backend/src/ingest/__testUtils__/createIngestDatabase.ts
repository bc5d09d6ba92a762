import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Creates the tables of ingest, and no others of the plugin. */
export async function createIngestDatabase(knex: Knex): Promise<Knex> {
  await knex.migrate.up({
    directory: resolvePackagePath('@forkyard/plugin-slo-backend', 'migrations'),
    name: '20261121120000_rollups.js',
  });
  return knex;
}
