import { createHash } from 'node:crypto';
import {
  isSuddenDrop,
  mergeReports,
  type FindingReport,
  type SourcedReport,
} from '@forkyard/plugin-security-findings-common';
import type { Knex } from 'knex';
import type { Sighting } from '../FindingsStore';
import { SIGHTINGS, type DbFindingRow, type DbSightingRow } from '../tables';
import { projectFindings, touchFindings } from './projectFindings';

const ROWS_PER_STATEMENT = 1000;

type HeldSighting = Pick<DbSightingRow, 'fingerprint' | 'content_hash'> & {
  path: string | null;
};

/**
 * Merges what a source reports into what is held, and gives the rows that
 * opened. Assumes that the caller holds the lock of the entity.
 */
export async function applySighting(
  tx: Knex.Transaction,
  sighting: Sighting,
): Promise<{ opened: DbFindingRow[]; fixed: number; unconfirmed: boolean }> {
  const { entityRef } = sighting;
  const told = mergeTwins(sighting);
  const held = await readHeld(tx, sighting);
  const unconfirmed =
    !sighting.confirmed && isSuddenDrop({ held: held.size, told: told.size });

  const changed = [...told.values()].filter(
    row => held.get(row.fingerprint)?.content_hash !== row.content_hash,
  );
  const gone =
    sighting.complete && !unconfirmed
      ? [...held.values()].filter(
          ({ fingerprint, path }) =>
            !told.has(fingerprint) &&
            !(path && sighting.unseenPaths?.has(path)),
        )
      : [];
  await writeSightings(tx, changed);
  await deleteSightings(
    tx,
    sighting,
    gone.map(({ fingerprint }) => fingerprint),
  );
  const touched = [...changed, ...gone].map(({ fingerprint }) => fingerprint);
  const { opened, fixed } = await projectFindings(tx, {
    entityRef,
    fingerprints: touched,
  });
  const skip = new Set(touched);
  await touchFindings(tx, {
    entityRef,
    fingerprints: [...told.keys()].filter(key => !skip.has(key)),
  });
  return { opened, fixed, unconfirmed };
}

/** The same secret in two files is one finding, at the first of them. */
function mergeTwins(sighting: Sighting): Map<string, DbSightingRow> {
  const { entityRef, source, category } = sighting;
  const groups = new Map<string, [SourcedReport, ...SourcedReport[]]>();
  for (const report of sighting.reports) {
    const sourced = { ...report, source };
    const group = groups.get(report.fingerprint);
    if (group) group.push(sourced);
    else groups.set(report.fingerprint, [sourced]);
  }
  return new Map(
    [...groups].map(([fingerprint, group]) => {
      const { source: _, sources: __, ...report } = mergeReports(group);
      return [
        fingerprint,
        {
          entity_ref: entityRef,
          source,
          category,
          fingerprint,
          content_hash: hashOf(report),
          report,
        },
      ];
    }),
  );
}

function hashOf(report: FindingReport): string {
  const sorted = Object.entries(report)
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

async function readHeld(
  tx: Knex.Transaction,
  { entityRef, source, category }: Sighting,
): Promise<Map<string, HeldSighting>> {
  const rows: HeldSighting[] = await tx<DbSightingRow>(SIGHTINGS)
    .where({ entity_ref: entityRef, source, category })
    .select(
      'fingerprint',
      'content_hash',
      tx.raw("report -> 'location' ->> 'path' as path"),
    );
  return new Map(rows.map(row => [row.fingerprint, row]));
}

async function writeSightings(
  tx: Knex.Transaction,
  rows: DbSightingRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const chunk = rows.slice(start, start + ROWS_PER_STATEMENT);
    await tx(SIGHTINGS)
      .insert(
        chunk.map(row => ({ ...row, report: JSON.stringify(row.report) })),
      )
      .onConflict(['entity_ref', 'source', 'category', 'fingerprint'])
      .merge(['content_hash', 'report']);
  }
}

async function deleteSightings(
  tx: Knex.Transaction,
  { entityRef, source, category }: Sighting,
  fingerprints: string[],
): Promise<void> {
  if (fingerprints.length === 0) return;
  await tx(SIGHTINGS)
    .where({ entity_ref: entityRef, source, category })
    .whereRaw('fingerprint = any(?)', [fingerprints])
    .delete();
}
