import type { Knex } from 'knex';
import { LatencySketch } from '../../ingest/LatencySketch';
import { ROLLUP_HOURS, type DbProgressRow } from '../rollupTables';
import { lockIngest } from './lockIngest';

/** Hours younger than this are left to later, because much is still added. */
const SETTLED_HOURS = 1;
const HOURS_PER_INSERT = 500;

/**
 * Writes the hours that have settled, from their minutes.
 *
 * May be broken off and repeated at any point: readers take an hour from here
 * only once `complete_before` is past it, and that moves in the end, unless
 * rows came in late meanwhile. Then the next run does it all again.
 */
export async function rollUpHours(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{
    rows: [DbProgressRow & { target: Date; changed: string }];
  }>(
    `select complete_before, date_trunc('hour', now(), 'UTC') - ? * interval '1 hour' as target,
       (select coalesce(max(sequence), 0) from drain_batches) as changed
     from ingest_progress`,
    [SETTLED_HOURS],
  );
  const [{ complete_before: from, target: to, changed }] = rows;
  if (to <= from) return;
  for (const part of await listParts(knex, { from, to })) {
    await writeHour(knex, part);
  }
  await knex.transaction(async tx => {
    await lockIngest(tx);
    await tx.raw(
      `update ingest_progress set complete_before = ?
       where complete_before = ? and not exists (
         select from rollup_minutes where at >= ? and at < ? and changed_sequence > ?)`,
      [to, from, from, to, changed],
    );
  });
}

/** What is held in memory at once. */
interface Part {
  hour: Date;
  project_id: string;
}

async function listParts(
  knex: Knex,
  range: { from: Date; to: Date },
): Promise<Part[]> {
  const { rows } = await knex.raw<{ rows: Part[] }>(
    `select distinct date_trunc('hour', at, 'UTC') as hour, project_id
     from rollup_minutes where at >= ? and at < ? order by 1`,
    [range.from, range.to],
  );
  return rows;
}

async function writeHour(knex: Knex, { hour, project_id }: Part) {
  const { rows } = await knex.raw<{
    rows: {
      deployment_id: string;
      environment: string;
      requests: string;
      errors: string;
      sketches: Buffer[] | null;
    }[];
  }>(
    `select deployment_id, environment, sum(requests) as requests, sum(errors) as errors,
       array_agg(sketch) filter (where sketch is not null) as sketches
     from rollup_minutes
     where project_id = ? and at >= ? and at < ?::timestamptz + interval '1 hour'
     group by deployment_id, environment`,
    [project_id, hour, hour],
  );
  const hours = rows.map(({ sketches, ...row }) => {
    const durations = LatencySketch.empty();
    for (const sketch of sketches ?? []) {
      durations.merge(LatencySketch.fromBytes(sketch));
    }
    return {
      ...row,
      project_id,
      at: hour,
      durations: durations.count,
      sketch: durations.count > 0 ? durations.toBytes() : null,
    };
  });
  for (let first = 0; first < hours.length; first += HOURS_PER_INSERT) {
    await knex(ROLLUP_HOURS)
      .insert(hours.slice(first, first + HOURS_PER_INSERT))
      .onConflict(['project_id', 'at', 'deployment_id', 'environment'])
      .merge();
  }
}
