import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { DatabaseCommitsStore } from '../database/dora/DatabaseCommitsStore';
import { DatabaseDeliveryStore } from '../database/dora/DatabaseDeliveryStore';

/** Creates the stores of deliveries on a database with no more than they need. */
export async function createDeliveryStores(knex: Knex) {
  const directory = resolvePackagePath(
    '@forkyard/plugin-deployments-backend',
    'migrations',
  );
  for (const name of ['20261121093000_init.js', '20261121150300_dora.js']) {
    await knex.migrate.up({ directory, name });
  }
  return {
    delivery: new DatabaseDeliveryStore(knex),
    commits: new DatabaseCommitsStore(knex),
  };
}
