import {
  mergeReports,
  type MergedReport,
  type SourcedReport,
} from '@forkyard/plugin-security-findings-common';
import type { Knex } from 'knex';
import { reportColumns } from '../findingRows';
import {
  FINDINGS,
  SIGHTINGS,
  type DbFindingRow,
  type DbSightingRow,
} from '../tables';

const ROWS_PER_STATEMENT = 1000;

/** A row before it has an id, for which its fingerprint stands. */
type FindingRow = Omit<DbFindingRow, 'id'>;

/**
 * Makes findings say what their sightings say together: open while any source
 * reports them, waived while a waiver is in force, fixed when none is left.
 * Gives what opened.
 */
export async function projectFindings(
  tx: Knex.Transaction,
  options: { entityRef: string; fingerprints: string[] },
): Promise<{ opened: DbFindingRow[]; fixed: number }> {
  const { entityRef, fingerprints } = options;
  const opened: DbFindingRow[] = [];
  let fixed = 0;
  const now = await readNow(tx);
  for (
    let start = 0;
    start < fingerprints.length;
    start += ROWS_PER_STATEMENT
  ) {
    const chunk = fingerprints.slice(start, start + ROWS_PER_STATEMENT);
    const merged = await readMerged(tx, entityRef, chunk);
    const held = await readHeld(tx, entityRef, chunk);
    const rows: FindingRow[] = [];
    const openedKeys = new Set<string>();
    for (const fingerprint of chunk) {
      const before = held.get(fingerprint);
      const report = merged.get(fingerprint);
      const after = report
        ? seen({ entityRef, fingerprint, report, before, now })
        : before && gone(before, now);
      if (!after) continue;
      rows.push(after);
      if (after.state === 'open' && before?.state !== 'open') {
        openedKeys.add(fingerprint);
      }
      if (after.state === 'fixed' && before?.state !== 'fixed') fixed++;
    }
    const written = await write(tx, rows);
    opened.push(...written.filter(row => openedKeys.has(row.fingerprint)));
  }
  return { opened, fixed };
}

/**
 * Notes that findings were seen again unchanged; writes only what was last
 * noted more than an hour ago, or every look would rewrite every row.
 */
export async function touchFindings(
  tx: Knex.Transaction,
  options: { entityRef: string; fingerprints: string[] },
): Promise<void> {
  if (options.fingerprints.length === 0) return;
  await tx(FINDINGS)
    .where({ entity_ref: options.entityRef })
    .whereRaw('fingerprint = any(?)', [options.fingerprints])
    .whereRaw("last_seen_at < now() - interval '1 hour'")
    .update({ last_seen_at: tx.fn.now() });
}

async function readNow(tx: Knex.Transaction): Promise<Date> {
  const { rows } = await tx.raw<{ rows: { now: Date }[] }>('select now()');
  return rows[0].now;
}

async function readMerged(
  tx: Knex.Transaction,
  entityRef: string,
  fingerprints: string[],
): Promise<Map<string, MergedReport>> {
  const rows = await tx<DbSightingRow>(SIGHTINGS)
    .where({ entity_ref: entityRef })
    .whereRaw('fingerprint = any(?)', [fingerprints])
    .select('fingerprint', 'source', 'report');
  const groups = new Map<string, [SourcedReport, ...SourcedReport[]]>();
  for (const { fingerprint, source, report } of rows) {
    const sourced = { ...report, source };
    const group = groups.get(fingerprint);
    if (group) group.push(sourced);
    else groups.set(fingerprint, [sourced]);
  }
  return new Map([...groups].map(([key, group]) => [key, mergeReports(group)]));
}

async function readHeld(
  tx: Knex.Transaction,
  entityRef: string,
  fingerprints: string[],
): Promise<Map<string, DbFindingRow>> {
  const rows = await tx<DbFindingRow>(FINDINGS)
    .where({ entity_ref: entityRef })
    .whereRaw('fingerprint = any(?)', [fingerprints]);
  return new Map(rows.map(row => [row.fingerprint, row]));
}

function seen(options: {
  entityRef: string;
  fingerprint: string;
  report: MergedReport;
  before: DbFindingRow | undefined;
  now: Date;
}): FindingRow {
  const { entityRef, fingerprint, report, before, now } = options;
  const isWaived = Boolean(
    before?.waiver_expires_at && before.waiver_expires_at > now,
  );
  const times = [
    now,
    before?.first_seen_at ?? now,
    report.since ? new Date(report.since) : now,
  ];
  return {
    entity_ref: entityRef,
    fingerprint,
    state: isWaived ? 'waived' : 'open',
    first_seen_at: new Date(Math.min(...times.map(time => time.getTime()))),
    last_seen_at: now,
    fixed_at: null,
    waiver_reason: before?.waiver_reason ?? null,
    waived_by: before?.waived_by ?? null,
    waived_at: before?.waived_at ?? null,
    waiver_expires_at: before?.waiver_expires_at ?? null,
    ...reportColumns(report),
  };
}

function gone({ id: _, ...before }: DbFindingRow, now: Date): FindingRow {
  return before.state === 'fixed'
    ? before
    : { ...before, state: 'fixed', fixed_at: now };
}

async function write(
  tx: Knex.Transaction,
  rows: FindingRow[],
): Promise<DbFindingRow[]> {
  if (rows.length === 0) return [];
  return tx(FINDINGS)
    .insert(rows.map(row => ({ ...row, report: JSON.stringify(row.report) })))
    .onConflict(['entity_ref', 'fingerprint'])
    .merge()
    .returning('*');
}
