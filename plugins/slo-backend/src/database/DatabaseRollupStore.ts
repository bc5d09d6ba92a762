import type { Knex } from 'knex';
import {
  countNew,
  MAX_AHEAD_MS,
  sumRejections,
  type Counted,
  type DrainReceipt,
} from '../ingest/countNew';
import type { DrainBatch } from '../ingest/DrainBatch';
import { SeenHashes } from '../ingest/SeenHashes';
import { DatabaseOrigins } from './DatabaseOrigins';
import {
  lockAndReadIngest,
  readBatches,
  type IngestState,
  type RememberedBatch,
} from './operations/lockIngest';
import { pruneRollups } from './operations/pruneRollups';
import { listHours, listMinutes, readTotals } from './operations/readRollups';
import { rollUpHours } from './operations/rollUpHours';
import { writeIncrements } from './operations/writeIncrements';
import type {
  RollupCommit,
  RollupGrain,
  RollupLastSeen,
  RollupPoint,
  RollupQuery,
  RollupStore,
  RollupTotals,
} from './RollupStore';
import { DRAINED_PROJECTS, type DbDrainedProjectRow } from './rollupTables';

const HOUR_MS = 3_600_000;
/** Between what is remembered and what is still taken, for slow commits. */
const MARGIN_MS = 60_000;
const BATCHES_PER_READ = 200;

/** After this long much may have been committed by others. */
const CATCH_UP_AFTER_MS = 10_000;

export interface RollupLimits {
  /**
   * How old a row may be. What was counted is remembered as long, so that a
   * repeat is noticed.
   */
  maxAgeMs: number;
  /**
   * How many requests are remembered, 13 to 27 bytes each in this process and
   * 8 in the database. With more, rows must be younger than `maxAgeMs`.
   */
  maxRemembered: number;
  /** Logs of further projects are rejected. */
  maxProjects: number;
}

/** A day, because a drain that found us away is repeated for about as long. */
export const DEFAULT_ROLLUP_LIMITS: RollupLimits = {
  maxAgeMs: 24 * HOUR_MS,
  maxRemembered: 8_000_000,
  maxProjects: 10_000,
};

/**
 * Keeps roll-ups in PostgreSQL, and counts each request exactly once.
 *
 * All commits of all replicas take one advisory lock. Each keeps, beside the
 * counts and in the same transaction, the hashes of what it counted. This
 * process holds the hashes of the last day in memory; under the lock it reads
 * those that others have added since, and only then decides what is new. What
 * it decided enters its memory after the commit. So a commit that failed, or
 * of which nobody knows, is read again or is not there.
 *
 * `commit` must not be called again before it has ended; `BatchCommitter` sees
 * to that.
 */
export class DatabaseRollupStore implements RollupStore {
  readonly #seen: SeenHashes;
  readonly #limits: RollupLimits;
  readonly #listeners = new Set<(commit: RollupCommit) => void>();
  readonly #origins: DatabaseOrigins;
  #sequence = 0;
  /** By the clock of this process. */
  #readAt = 0;

  constructor(
    private readonly knex: Knex,
    limits: Partial<RollupLimits> = {},
  ) {
    this.#limits = { ...DEFAULT_ROLLUP_LIMITS, ...limits };
    this.#origins = new DatabaseOrigins(this.#limits);
    this.#seen = new SeenHashes({
      keepMs: this.#keepMs,
      maxHashes: this.#limits.maxRemembered,
    });
  }

  /** Counts what is new in the batches, in one transaction. */
  async commit(batches: DrainBatch[]): Promise<DrainReceipt[]> {
    if (Date.now() > this.#readAt + CATCH_UP_AFTER_MS) await this.#catchUp();
    await this.#origins.prepare(this.knex, batches);
    const { counted, written } = await this.knex.transaction(async tx => {
      const state = await lockAndReadIngest(tx, {
        afterSequence: this.#sequence,
      });
      for (const batch of state.batches) this.#remember(batch);
      await this.#origins.readDrained(tx, batches);
      const decided = this.#decide(batches, state);
      return {
        counted: decided,
        written: await write(tx, decided, batches, state),
      };
    });
    if (written) {
      this.#remember({ ...written, hashes: counted.hashes });
      this.#tell(counted);
    }
    return counted.receipts;
  }

  /** Adds up the hours of which no more is expected. */
  async rollUpHours(): Promise<void> {
    await rollUpHours(this.knex);
  }

  /** Deletes what is past its time. */
  async prune(): Promise<void> {
    await pruneRollups(this.knex, {
      keepMs: this.#keepMs,
      maxRemembered: this.#limits.maxRemembered,
    });
  }

  async listSeries(
    query: RollupQuery & { grain: RollupGrain },
  ): Promise<RollupPoint[]> {
    return query.grain === 'minute'
      ? listMinutes(this.knex, query)
      : listHours(this.knex, query);
  }

  async getTotals(query: RollupQuery): Promise<RollupTotals> {
    return readTotals(this.knex, query);
  }

  async listLastSeen(options: {
    projectIds: string[];
  }): Promise<RollupLastSeen[]> {
    const rows = await this.knex<DbDrainedProjectRow>(DRAINED_PROJECTS)
      .whereRaw('project_id = any(?)', [options.projectIds])
      .orderBy('project_id');
    return rows.map(row => ({
      projectId: row.project_id,
      lastRequestAt: row.last_request_at ?? undefined,
      lastDurationAt: row.last_duration_at ?? undefined,
    }));
  }

  onCommitted(listener: (commit: RollupCommit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #keepMs(): number {
    return this.#limits.maxAgeMs + MAX_AHEAD_MS + MARGIN_MS;
  }

  /** Reads what others committed before anybody has to wait for it. */
  async #catchUp(): Promise<void> {
    for (;;) {
      const batches = await readBatches(this.knex, {
        afterSequence: this.#sequence,
        limit: BATCHES_PER_READ,
      });
      for (const batch of batches) this.#remember(batch);
      if (batches.length < BATCHES_PER_READ) return;
    }
  }

  #remember({ sequence, committedAtMs, hashes }: RememberedBatch): void {
    this.#seen.addAll(hashes, committedAtMs);
    this.#sequence = sequence;
    this.#readAt = Date.now();
  }

  #decide(batches: DrainBatch[], state: IngestState): Counted {
    const forgottenUntilMs = Math.max(
      state.forgottenUntilMs,
      this.#seen.forgottenUntil,
    );
    return countNew(batches, {
      nowMs: state.nowMs,
      // What was counted by a forgotten commit was at most so far ahead of it.
      oldestMs: Math.max(
        state.nowMs - this.#limits.maxAgeMs,
        forgottenUntilMs + MAX_AHEAD_MS,
      ),
      isSeen: (high, low) => this.#seen.find(high, low),
      place: (kind, origin) => this.#origins.place(kind, origin, state.nowMs),
    });
  }

  #tell({ increments }: Counted): void {
    if (increments.length === 0) return;
    const times = increments.map(({ atMs }) => atMs);
    const commit = {
      projectIds: [...new Set(increments.map(({ projectId }) => projectId))],
      from: new Date(Math.min(...times)),
      to: new Date(Math.max(...times)),
    };
    for (const listener of this.#listeners) listener(commit);
  }
}

/** Gives undefined when there is nothing to write. */
async function write(
  tx: Knex.Transaction,
  counted: Counted,
  batches: DrainBatch[],
  state: IngestState,
): Promise<{ sequence: number; committedAtMs: number } | undefined> {
  const { increments, hashes, receipts } = counted;
  const rejections = sumRejections(batches, receipts);
  if (hashes.length === 0 && rejections.length === 0) return undefined;
  const earliestMs = Math.min(...increments.map(({ atMs }) => atMs));
  if (earliestMs < state.completeBeforeMs) {
    // Late rows: their hours are read from minutes until they are added up
    // again.
    await tx.raw(
      'update ingest_progress set complete_before = least(complete_before, ?)',
      [new Date(earliestMs - (earliestMs % HOUR_MS))],
    );
  }
  return writeIncrements(tx, { increments, hashes, rejections });
}
