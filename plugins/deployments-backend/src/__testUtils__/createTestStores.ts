import { mockServices } from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { applyMigrations } from '@forkyard/backend-kit';
import type { Knex } from 'knex';
import { DatabaseBuildRequestsStore } from '../database/builds/DatabaseBuildRequestsStore';
import { DatabaseRolloutStore } from '../database/rollouts/DatabaseRolloutStore';
import { DatabaseStagingStore } from '../database/rollouts/DatabaseStagingStore';
import { DatabaseDeploymentsStore } from '../database/DatabaseDeploymentsStore';
import { DatabaseTrackedEntitiesStore } from '../database/DatabaseTrackedEntitiesStore';
import { DatabaseWebhookEventsStore } from '../database/DatabaseWebhookEventsStore';

/** Creates the stores on a migrated database. */
export async function createTestStores(knex: Knex) {
  await applyMigrations({
    database: mockServices.database({ knex }),
    directory: resolvePackagePath(
      '@forkyard/plugin-deployments-backend',
      'migrations',
    ),
  });
  return {
    builds: new DatabaseBuildRequestsStore(knex),
    deployments: new DatabaseDeploymentsStore(knex),
    tracked: new DatabaseTrackedEntitiesStore(knex),
    events: new DatabaseWebhookEventsStore(knex),
    rollouts: new DatabaseRolloutStore(knex),
    stagings: new DatabaseStagingStore(knex),
  };
}
