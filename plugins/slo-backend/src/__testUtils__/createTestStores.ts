import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { applyMigrations, DatabaseChangeFeed } from '@forkyard/backend-kit';
import type { SloSummary } from '@forkyard/plugin-slo-common';
import type { Knex } from 'knex';
import { DatabaseAlertStore } from '../database/DatabaseAlertStore';
import { DatabaseEntityStore } from '../database/DatabaseEntityStore';
import { SLO_SUMMARIES } from '../database/tables';

/** Creates the stores on a migrated database. */
export async function createTestStores(knex: Knex) {
  await applyMigrations({
    database: mockServices.database({ knex }),
    directory: resolvePackagePath('@forkyard/plugin-slo-backend', 'migrations'),
  });
  return {
    entities: new DatabaseEntityStore(knex),
    alerts: new DatabaseAlertStore(knex),
    summaries: new DatabaseChangeFeed<SloSummary>({
      knex,
      table: SLO_SUMMARIES,
    }),
  };
}
