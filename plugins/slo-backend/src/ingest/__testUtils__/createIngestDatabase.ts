import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Creates the tables of the plugin, or what is missing in emptied ones. */
export async function createIngestDatabase(knex: Knex): Promise<Knex> {
  await knex.migrate.latest({
    directory: resolvePackagePath('@forkyard/plugin-slo-backend', 'migrations'),
  });
  await knex('ingest_progress')
    .insert({ complete_before: new Date(0), forgotten_until: new Date(0) })
    .onConflict('id')
    .ignore();
  return knex;
}
