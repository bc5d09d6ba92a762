import { mockServices } from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { applyMigrations, DatabaseChangeFeed } from '@forkyard/backend-kit';
import type { CostSummary } from '@forkyard/plugin-cost-common';
import type { Knex } from 'knex';
import { DatabaseAnomaliesStore } from '../database/DatabaseAnomaliesStore';
import { DatabaseChargesStore } from '../database/DatabaseChargesStore';
import { DatabaseEntitiesStore } from '../database/DatabaseEntitiesStore';
import { COST_SUMMARIES } from '../database/tables';
import type { SourceCharge } from '../sources/ChargesSource';

/** Creates the stores on a migrated database. */
export async function createTestStores(knex: Knex) {
  await applyMigrations({
    database: mockServices.database({ knex }),
    directory: resolvePackagePath(
      '@forkyard/plugin-cost-backend',
      'migrations',
    ),
  });
  return {
    charges: new DatabaseChargesStore(knex),
    entities: new DatabaseEntitiesStore(knex),
    anomalies: new DatabaseAnomaliesStore(knex),
    summaries: new DatabaseChangeFeed<CostSummary>({
      knex,
      table: COST_SUMMARIES,
    }),
  };
}

/** A charge of a cent for requests of project `prj_1`, unless told otherwise. */
export function createCharge(charge: Partial<SourceCharge>): SourceCharge {
  return {
    day: '2026-11-20',
    category: 'Usage',
    service: 'Edge Requests',
    amount: '0.01',
    currency: 'USD',
    projectKey: 'prj_1',
    quantity: '1000',
    unit: 'Requests',
    other: {},
    ...charge,
  };
}
