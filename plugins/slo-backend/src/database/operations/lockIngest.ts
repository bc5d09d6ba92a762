import type { Knex } from 'knex';

/** What is to be known before a commit decides what is new. */
export interface IngestState {
  /** The database's clock. */
  nowMs: number;
  /** Commits up to this may be missing in what is remembered. */
  forgottenUntilMs: number;
  completeBeforeMs: number;
  /** Commits after the one that was asked for, oldest first. */
  batches: RememberedBatch[];
}

export interface RememberedBatch {
  sequence: number;
  committedAtMs: number;
  hashes: Buffer;
}

interface DbBatchRow {
  sequence: string;
  committed_at: Date;
  hashes: Buffer;
}

/** One lock for each schema, since several installations may share a database. */
const LOCK = `pg_advisory_xact_lock(hashtextextended('forkyard slo ingest ' || current_schema(), 0))`;

/** Waits until this transaction is the only one that counts. */
export async function lockIngest(tx: Knex.Transaction): Promise<void> {
  await tx.raw(`select ${LOCK}`);
}

/**
 * Waits until this transaction is the only one that counts, then reads what
 * others have counted since.
 *
 * The statements go in one round trip, and each sees what was committed before
 * it began: the second sees everything of whoever held the lock before.
 */
export async function lockAndReadIngest(
  tx: Knex.Transaction,
  options: { afterSequence: number },
): Promise<IngestState> {
  const [, , progress, batches] = await tx.raw<
    [
      unknown,
      unknown,
      {
        rows: [{ now: Date; forgotten_until: Date; complete_before: Date }];
      },
      { rows: DbBatchRow[] },
    ]
  >(
    `set transaction isolation level read committed;
     select ${LOCK};
     select clock_timestamp() as now, forgotten_until, complete_before
     from ingest_progress;
     select sequence, committed_at, hashes from drain_batches
     where sequence > ${Number(options.afterSequence)} order by sequence`,
  );
  const [state] = progress.rows;
  return {
    nowMs: state.now.getTime(),
    forgottenUntilMs: state.forgotten_until.getTime(),
    completeBeforeMs: state.complete_before.getTime(),
    batches: batches.rows.map(toBatch),
  };
}

/** Reads some of the commits after the given one, oldest first. */
export async function readBatches(
  knex: Knex,
  options: { afterSequence: number; limit: number },
): Promise<RememberedBatch[]> {
  const rows: DbBatchRow[] = await knex('drain_batches')
    .where('sequence', '>', options.afterSequence)
    .orderBy('sequence')
    .limit(options.limit)
    .select('sequence', 'committed_at', 'hashes');
  return rows.map(toBatch);
}

function toBatch(row: DbBatchRow): RememberedBatch {
  return {
    sequence: Number(row.sequence),
    committedAtMs: row.committed_at.getTime(),
    hashes: row.hashes,
  };
}
