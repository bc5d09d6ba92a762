import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { applyMigrations } from '@forkyard/backend-kit';
import type { Knex } from 'knex';
import { DatabaseAlertsStore } from '../database/DatabaseAlertsStore';
import { DatabaseNotificationLimitsStore } from '../database/DatabaseNotificationLimitsStore';
import { DatabaseRunbookFoldersStore } from '../database/DatabaseRunbookFoldersStore';
import { DatabaseRunsStore } from '../database/DatabaseRunsStore';
import { DatabaseTimelineStore } from '../database/DatabaseTimelineStore';

/** Creates the stores on a migrated database. */
export async function createTestStores(knex: Knex) {
  await applyMigrations({
    database: mockServices.database({ knex }),
    directory: resolvePackagePath(
      '@forkyard/plugin-incidents-backend',
      'migrations',
    ),
  });
  return {
    alerts: new DatabaseAlertsStore(knex),
    folders: new DatabaseRunbookFoldersStore(knex),
    limits: new DatabaseNotificationLimitsStore(knex),
    runs: new DatabaseRunsStore(knex),
    timeline: new DatabaseTimelineStore(knex),
  };
}
