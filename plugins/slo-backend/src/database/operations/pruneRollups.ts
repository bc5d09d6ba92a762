import type { Knex } from 'knex';
import {
  DRAIN_REJECTIONS,
  DRAINED_PROJECTS,
  ROLLUP_HOURS,
} from '../rollupTables';
import { lockIngest } from './lockIngest';

const MINUTES_DAYS = 2;
const HOURS_DAYS = 35;

/** Deletes what is past its time, and no minute that is in no hour yet. */
export async function pruneRollups(
  knex: Knex,
  options: { keepMs: number; maxRemembered: number },
): Promise<void> {
  await knex.raw(
    `delete from rollup_minutes where at < least(
       now() - ? * interval '1 day', (select complete_before from ingest_progress))`,
    [MINUTES_DAYS],
  );
  const isOld = [`< now() - ? * interval '1 day'`, HOURS_DAYS] as const;
  await knex(ROLLUP_HOURS).whereRaw(`at ${isOld[0]}`, [isOld[1]]).delete();
  await knex(DRAIN_REJECTIONS)
    .whereRaw(`hour ${isOld[0]}`, [isOld[1]])
    .delete();
  await knex(DRAINED_PROJECTS)
    .whereRaw(`greatest(last_request_at, last_duration_at) ${isOld[0]}`, [
      isOld[1],
    ])
    .delete();
  await forgetBatches(knex, options);
}

/**
 * Forgets commits that are too old, or beyond the number of hashes that a
 * process remembers; says so to all, in the same transaction.
 */
async function forgetBatches(
  knex: Knex,
  { keepMs, maxRemembered }: { keepMs: number; maxRemembered: number },
): Promise<void> {
  // Found before the lock is taken, because it looks at every commit.
  const { rows } = await knex.raw<{ rows: [{ last: string | null }] }>(
    `select max(sequence) as last from (
       select sequence, committed_at,
         sum(octet_length(hashes)) over (order by sequence desc) as bytes
       from drain_batches) held
     where committed_at < now() - ? * interval '1 millisecond' or bytes > ?`,
    [keepMs, maxRemembered * 8],
  );
  const [{ last }] = rows;
  if (last === null) return;
  await knex.transaction(async tx => {
    await lockIngest(tx);
    await tx.raw(
      `with forgotten as (
         delete from drain_batches where sequence <= ? returning committed_at)
       update ingest_progress set forgotten_until = greatest(
         forgotten_until, (select max(committed_at) from forgotten))`,
      [last],
    );
  });
}
