import {
  FINDING_SEVERITIES,
  type FindingSource,
} from '@forkyard/plugin-security-findings-common';
import type { Knex } from 'knex';
import { toHeldFinding } from './findingRows';
import type {
  FindingCounts,
  FindingsFilter,
  FindingsStore,
  HeldFinding,
  SeverityCutoffs,
  Sighting,
  SightingOutcome,
} from './FindingsStore';
import { applySighting } from './operations/applySighting';
import { cutoffOf, listFindings } from './operations/listFindings';
import { FINDINGS, SIGHTINGS, type DbFindingRow } from './tables';

/**
 * Keeps the findings in PostgreSQL.
 */
export class DatabaseFindingsStore implements FindingsStore {
  constructor(private readonly knex: Knex) {}

  async applySighting(sighting: Sighting): Promise<SightingOutcome> {
    return this.knex.transaction(async tx => {
      await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
        `findings ${sighting.entityRef}`,
      ]);
      const { opened, ...rest } = await applySighting(tx, sighting);
      return { ...rest, opened: opened.map(toHeldFinding) };
    });
  }

  async list(filter: FindingsFilter): Promise<HeldFinding[]> {
    const rows = await listFindings(this.knex, filter);
    return rows.map(toHeldFinding);
  }

  async find(id: string): Promise<HeldFinding | undefined> {
    const row = await this.knex<DbFindingRow>(FINDINGS).where({ id }).first();
    return row && toHeldFinding(row);
  }

  async waive(
    id: string,
    waiver: { reason: string; by: string; expiresAt: Date },
  ): Promise<HeldFinding | undefined> {
    const rows = await this.knex<DbFindingRow>(FINDINGS)
      .where({ id })
      .whereIn('state', ['open', 'waived'])
      .update({
        state: 'waived',
        waiver_reason: waiver.reason,
        waived_by: waiver.by,
        waived_at: this.knex.fn.now(),
        waiver_expires_at: waiver.expiresAt,
      })
      .returning('*');
    return rows.map(toHeldFinding).at(0);
  }

  async unwaive(id: string): Promise<HeldFinding | undefined> {
    const rows = await this.knex<DbFindingRow>(FINDINGS)
      .where({ id, state: 'waived' })
      .update({
        state: 'open',
        waiver_reason: null,
        waived_by: null,
        waived_at: null,
        waiver_expires_at: null,
      })
      .returning('*');
    return rows.map(toHeldFinding).at(0);
  }

  async expireWaivers(): Promise<HeldFinding[]> {
    const rows = await this.knex<DbFindingRow>(FINDINGS)
      .where({ state: 'waived' })
      .whereRaw('waiver_expires_at <= now()')
      .update({ state: 'open' })
      .returning('*');
    return rows.map(toHeldFinding);
  }

  async count(options: {
    entityRefs?: string[];
    cutoffs: SeverityCutoffs;
  }): Promise<FindingCounts[]> {
    const query = this.knex(FINDINGS)
      .whereIn('state', ['open', 'waived'])
      .groupBy('entity_ref', 'state', 'severity_rank')
      .select<CountRow[]>(
        'entity_ref',
        'state',
        'severity_rank',
        this.knex.raw('count(*)::integer as total'),
        this.knex.raw(
          `count(*) filter (where state = 'open' and first_seen_at < ${cutoffOf(options.cutoffs)})::integer as overdue`,
        ),
      );
    if (options.entityRefs) query.whereIn('entity_ref', options.entityRefs);
    return toCounts(await query);
  }

  async countBySource(
    entityRef: string,
  ): Promise<{ source: FindingSource; category: string; open: number }[]> {
    return this.knex({ s: SIGHTINGS })
      .join({ f: FINDINGS }, join =>
        join
          .on('f.entity_ref', 's.entity_ref')
          .andOn('f.fingerprint', 's.fingerprint'),
      )
      .where({ 's.entity_ref': entityRef, 'f.state': 'open' })
      .groupBy('s.source', 's.category')
      .select(
        's.source',
        's.category',
        this.knex.raw('count(*)::integer as open'),
      );
  }
}

interface CountRow {
  entity_ref: string;
  state: 'open' | 'waived';
  severity_rank: number;
  total: number;
  overdue: number;
}

function toCounts(rows: CountRow[]): FindingCounts[] {
  const byEntity = new Map<string, FindingCounts>();
  for (const row of rows) {
    const counts = byEntity.get(row.entity_ref) ?? noFindings(row.entity_ref);
    byEntity.set(row.entity_ref, counts);
    if (row.state === 'waived') counts.waived += row.total;
    else counts.open[FINDING_SEVERITIES[row.severity_rank]] += row.total;
    counts.overdue += row.overdue;
  }
  return [...byEntity.values()];
}

/** The counts of an entity that has no findings. */
export function noFindings(entityRef: string): FindingCounts {
  return {
    entityRef,
    open: { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 },
    waived: 0,
    overdue: 0,
  };
}
