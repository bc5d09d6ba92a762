import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { applyMigrations } from '@forkyard/backend-kit';
import type { FindingReport } from '@forkyard/plugin-security-findings-common';
import type { Knex } from 'knex';
import { DatabaseFindingsStore } from '../database/DatabaseFindingsStore';
import { DatabaseScansStore } from '../database/DatabaseScansStore';

/** Creates the stores on a migrated database. */
export async function createTestStores(knex: Knex) {
  await applyMigrations({
    database: mockServices.database({ knex }),
    directory: resolvePackagePath(
      '@forkyard/plugin-security-findings-backend',
      'migrations',
    ),
  });
  return {
    findings: new DatabaseFindingsStore(knex),
    scans: new DatabaseScansStore(knex),
  };
}

/** Creates a report as a source would. */
export function report(
  fingerprint: string,
  more: Partial<FindingReport> = {},
): FindingReport {
  return {
    fingerprint,
    rule: 'rule',
    title: `Problem ${fingerprint}`,
    severity: 'high',
    identifiers: [],
    ...more,
  };
}
