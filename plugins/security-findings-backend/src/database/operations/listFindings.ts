import {
  severityRank,
  type FindingState,
} from '@forkyard/plugin-security-findings-common';
import type { Knex } from 'knex';
import type { FindingsFilter, SeverityCutoffs } from '../FindingsStore';
import { FINDINGS, type DbFindingRow } from '../tables';

const ORDER = ['severity_rank', 'first_seen_at', 'id'];

/**
 * Lists a page. Each state is read in the order of the index and only as far
 * as the page needs, and the pages are merged, so that no state is sorted.
 */
export function listFindings(
  knex: Knex,
  filter: FindingsFilter,
): Knex.QueryBuilder<object, DbFindingRow[]> {
  const pages = filter.states.map(state => pageOf(knex, filter, state));
  return knex
    .select<DbFindingRow[]>('*')
    .from(knex.unionAll(pages, true).as('pages'))
    .orderBy(ORDER.map(column => ({ column })))
    .limit(filter.limit);
}

function pageOf(knex: Knex, filter: FindingsFilter, state: FindingState) {
  const { entityRef, severities, sources, search, after, overdue } = filter;
  const query = knex<DbFindingRow>(FINDINGS)
    .where({ entity_ref: entityRef, state })
    .orderBy(ORDER.map(column => ({ column })))
    .limit(filter.limit);
  if (severities) query.whereIn('severity_rank', severities.map(severityRank));
  if (sources) query.whereRaw('sources && ?::text[]', [sources]);
  if (search) {
    query.whereRaw("search_text like ? escape '\\'", [
      `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`,
    ]);
  }
  if (overdue) query.whereRaw(`first_seen_at < ${cutoffOf(overdue)}`);
  if (after) {
    query.whereRaw('(severity_rank, first_seen_at, id) > (?, ?, ?)', [
      after.severityRank,
      after.firstSeenAt,
      after.id,
    ]);
  }
  return query;
}

/** SQL for the cutoff of a row; null, so never, where there is none. */
export function cutoffOf(cutoffs: SeverityCutoffs): string {
  const cases = Object.entries(cutoffs).map(
    ([severity, at]) =>
      `when ${severityRank(severity as keyof SeverityCutoffs)} then timestamptz '${at.toISOString()}'`,
  );
  return cases.length
    ? `(case severity_rank ${cases.join(' ')} end)`
    : 'null::timestamptz';
}
