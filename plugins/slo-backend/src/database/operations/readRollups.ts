import type { Knex } from 'knex';
import { LatencySketch } from '../../ingest/LatencySketch';
import type { RollupPoint, RollupQuery, RollupTotals } from '../RollupStore';
import type { DbRollupRow } from '../rollupTables';

const HOUR_MS = 3_600_000;

/** Hours before this are right in `rollup_hours`; the others are in minutes. */
const COMPLETE_BEFORE = '(select complete_before from ingest_progress)';

/** Lists minutes, oldest first. */
export async function listMinutes(
  knex: Knex,
  query: RollupQuery,
): Promise<RollupPoint[]> {
  const filter = filterOf(query);
  const { rows } = await knex.raw<{ rows: DbRollupRow[] }>(
    `select ${columnsOf(query)} from rollup_minutes
     where ${filter.sql} and at >= ? and at < ?
     order by at, project_id, deployment_id, environment`,
    [...filter.bindings, query.from, query.to],
  );
  return rows.map(toPoint);
}

/** Lists hours, oldest first; the latest are added up from their minutes. */
export async function listHours(
  knex: Knex,
  query: RollupQuery,
): Promise<RollupPoint[]> {
  const { sql, bindings } = hoursAndMinutes(query, columnsOf(query));
  const { rows } = await knex.raw<{ rows: DbRollupRow[] }>(
    `${sql} order by at, project_id, deployment_id, environment`,
    bindings,
  );
  const points = new Map<string, RollupPoint>();
  for (const row of rows) {
    const minute = toPoint(row);
    const at = new Date(floorHour(minute.at));
    const key = `${at.getTime()}\n${row.project_id}\n${row.deployment_id}\n${row.environment}`;
    const point = points.get(key);
    if (point) addTo(point, minute);
    else points.set(key, { ...minute, at });
  }
  return [...points.values()];
}

/** Adds up hours, and minutes where those are not complete. */
export async function readTotals(
  knex: Knex,
  query: RollupQuery,
): Promise<RollupTotals> {
  const { sql, bindings } = hoursAndMinutes(query, columnsOf(query));
  const { rows } = await knex.raw<{
    rows: [{ requests: string; errors: string; sketches: Buffer[] | null }];
  }>(
    `select coalesce(sum(requests), 0) as requests, coalesce(sum(errors), 0) as errors,
       array_agg(sketch) filter (where sketch is not null) as sketches
     from (${sql}) held`,
    bindings,
  );
  const [{ requests, errors, sketches }] = rows;
  const durations = LatencySketch.empty();
  for (const sketch of sketches ?? []) {
    durations.merge(LatencySketch.fromBytes(sketch));
  }
  return { requests: Number(requests), errors: Number(errors), durations };
}

/**
 * Selects each bucket once: hours as far as they are complete, minutes from
 * there. A boundary before that is taken down to its hour.
 */
function hoursAndMinutes(query: RollupQuery, columns: string) {
  const filter = filterOf(query);
  return {
    sql: `select ${columns} from rollup_hours
      where ${filter.sql} and at >= ? and at < least(?, ${COMPLETE_BEFORE})
      union all
      select ${columns} from rollup_minutes
      where ${filter.sql} and at >= greatest(?, ${COMPLETE_BEFORE}) and at < ?`,
    bindings: [
      ...filter.bindings,
      new Date(floorHour(query.from)),
      new Date(floorHour(query.to)),
      ...filter.bindings,
      query.from,
      query.to,
    ],
  };
}

function filterOf({ projectIds, environment, deploymentIds }: RollupQuery) {
  const conditions = ['project_id = any(?)'];
  const bindings: (string | string[])[] = [projectIds];
  if (environment !== undefined) {
    conditions.push('environment = ?');
    bindings.push(environment);
  }
  if (deploymentIds !== undefined) {
    conditions.push('deployment_id = any(?)');
    bindings.push(deploymentIds);
  }
  return { sql: conditions.join(' and '), bindings };
}

function columnsOf({ withoutDurations }: RollupQuery): string {
  const sketch = withoutDurations ? 'null::bytea as sketch' : 'sketch';
  return `project_id, at, deployment_id, environment, requests, errors, durations, ${sketch}`;
}

function toPoint(row: DbRollupRow): RollupPoint {
  return {
    at: row.at,
    projectId: row.project_id,
    deploymentId: row.deployment_id,
    environment: row.environment,
    requests: row.requests,
    errors: row.errors,
    durations: row.sketch
      ? LatencySketch.fromBytes(row.sketch)
      : LatencySketch.empty(),
  };
}

function addTo(sum: RollupTotals, part: RollupTotals): void {
  sum.requests += part.requests;
  sum.errors += part.errors;
  sum.durations.merge(part.durations);
}

function floorHour(date: Date): number {
  return Math.floor(date.getTime() / HOUR_MS) * HOUR_MS;
}
