import type { Knex } from 'knex';
import type { Increment } from '../../ingest/countNew';
import { LatencySketch } from '../../ingest/LatencySketch';

/** What one commit writes. */
export interface CommitRows {
  increments: Increment[];
  hashes: Buffer;
  rejections: { kind: string; reason: string; count: number }[];
}

const STATEMENT = `
  with batch as (
    insert into drain_batches (hashes) values (?)
    returning sequence, committed_at
  ), told as (
    select project_id, to_timestamp(at) as at, deployment_id, environment,
      requests, errors, durations, nullif(sketch, ''::bytea) as sketch
    from unnest(?::text[], ?::float8[], ?::text[], ?::text[], ?::int[], ?::int[], ?::int[], ?::bytea[])
      as t (project_id, at, deployment_id, environment, requests, errors, durations, sketch)
  ), minutes as (
    insert into rollup_minutes as held
      (project_id, at, deployment_id, environment, requests, errors, durations, sketch, changed_sequence)
    select told.*, batch.sequence from told, batch
    on conflict (project_id, at, deployment_id, environment) do update set
      requests = held.requests + excluded.requests,
      errors = held.errors + excluded.errors,
      durations = coalesce(nullif(excluded.durations, 0), held.durations),
      sketch = coalesce(excluded.sketch, held.sketch),
      changed_sequence = excluded.changed_sequence
  ), projects as (
    insert into drained_projects as held (project_id, last_request_at, last_duration_at)
    select project_id, max(at) filter (where requests > 0), max(at) filter (where durations > 0)
    from told group by project_id
    on conflict (project_id) do update set
      last_request_at = greatest(held.last_request_at, excluded.last_request_at),
      last_duration_at = greatest(held.last_duration_at, excluded.last_duration_at)
    where (excluded.last_request_at, excluded.last_duration_at)
      is distinct from (held.last_request_at, held.last_duration_at)
  ), rejections as (
    insert into drain_rejections as held (hour, kind, reason, count)
    select date_trunc('hour', now(), 'UTC'), kind, reason, count
    from unnest(?::text[], ?::text[], ?::bigint[]) as r (kind, reason, count)
    on conflict (hour, kind, reason) do update set count = held.count + excluded.count
  )
  select sequence, committed_at from batch`;

/**
 * Adds increments to the minutes, and keeps the hashes of what they count, in
 * one statement. Assumes that the caller holds the lock of ingest. Gives the
 * place of the commit in the order of all.
 */
export async function writeIncrements(
  tx: Knex.Transaction,
  rows: CommitRows,
): Promise<{ sequence: number; committedAtMs: number }> {
  const { increments, rejections } = rows;
  await mergeSketches(tx, increments);
  const column = <T>(read: (increment: Increment) => T) => increments.map(read);
  const { rows: written } = await tx.raw<{
    rows: [{ sequence: string; committed_at: Date }];
  }>(STATEMENT, [
    rows.hashes,
    column(({ projectId }) => projectId),
    column(({ atMs }) => atMs / 1000),
    column(({ deploymentId }) => deploymentId),
    column(({ environment }) => environment),
    column(({ requests }) => requests),
    column(({ errors }) => errors),
    column(({ durations }) => durations?.count ?? 0),
    column(({ durations }) => (durations ? toHex(durations.toBytes()) : '')),
    rejections.map(({ kind }) => kind),
    rejections.map(({ reason }) => reason),
    rejections.map(({ count }) => count),
  ]);
  return {
    sequence: Number(written[0].sequence),
    committedAtMs: written[0].committed_at.getTime(),
  };
}

/** PostgreSQL's own notation of bytes. */
function toHex(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}

/** Takes the durations that are held into those of the increments. */
async function mergeSketches(
  tx: Knex.Transaction,
  increments: Increment[],
): Promise<void> {
  const timed = increments.filter(({ durations }) => durations);
  if (timed.length === 0) return;
  const { rows } = await tx.raw<{ rows: { index: string; sketch: Buffer }[] }>(
    `select told.index, held.sketch
     from unnest(?::text[], ?::float8[], ?::text[], ?::text[]) with ordinality
       as told (project_id, at, deployment_id, environment, index)
     join rollup_minutes held on held.project_id = told.project_id
       and held.at = to_timestamp(told.at)
       and held.deployment_id = told.deployment_id
       and held.environment = told.environment
     where held.sketch is not null`,
    [
      timed.map(({ projectId }) => projectId),
      timed.map(({ atMs }) => atMs / 1000),
      timed.map(({ deploymentId }) => deploymentId),
      timed.map(({ environment }) => environment),
    ],
  );
  for (const { index, sketch } of rows) {
    timed[Number(index) - 1].durations?.merge(LatencySketch.fromBytes(sketch));
  }
}
