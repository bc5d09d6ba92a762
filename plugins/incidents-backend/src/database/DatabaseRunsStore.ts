import { databaseTime } from '@forkyard/backend-kit';
import type { RunbookRunState } from '@forkyard/plugin-incidents-common';
import type { Knex } from 'knex';
import { appendTimeline } from './DatabaseTimelineStore';
import { insertRun } from './operations/insertRun';
import { saveRun } from './operations/saveRun';
import { toRun } from './runRows';
import type {
  ClaimedRun,
  HeldRun,
  NewRun,
  RunChange,
  RunFilter,
  RunsStore,
} from './RunsStore';
import { RUNS, RUN_STEPS, type DbRunRow, type DbRunStepRow } from './tables';

const UNFINISHED: RunbookRunState[] = ['running', 'waiting'];

/** Keeps runs in PostgreSQL, with leases for several replicas. */
export class DatabaseRunsStore implements RunsStore {
  constructor(private readonly knex: Knex) {}

  now(): Promise<Date> {
    return databaseTime(this.knex);
  }

  async insert(run: NewRun): Promise<HeldRun> {
    const id = await this.knex.transaction(tx => insertRun(tx, run));
    return (await this.find(id))!;
  }

  async find(id: string): Promise<HeldRun | undefined> {
    const rows = await this.knex<DbRunRow>(RUNS).where({ id });
    return (await this.#withSteps(rows))[0];
  }

  async list(filter: RunFilter): Promise<HeldRun[]> {
    const query = this.knex<DbRunRow>(RUNS)
      .where({ entity_ref: filter.entityRef })
      .orderBy([
        { column: 'started_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(filter.limit);
    if (filter.alertId) query.where({ alert_id: filter.alertId });
    if (filter.runbookPath) query.where({ runbook_path: filter.runbookPath });
    if (filter.states?.length) query.whereIn('state', filter.states);
    if (filter.after) {
      query.whereRaw('(started_at, id) < (?, ?)', [
        filter.after.startedAt,
        filter.after.id,
      ]);
    }
    return this.#withSteps(await query);
  }

  /** Compares in whole milliseconds, to which what is due now is rounded up. */
  async claimDue(options: {
    leaseSeconds: number;
  }): Promise<ClaimedRun | undefined> {
    const { rows } = await this.knex.raw<{ rows: DbRunRow[] }>(
      `with due as (
         select id from ${RUNS}
         where due_at <= current_timestamp(3)
         order by due_at
         limit 1
         for update skip locked
       )
       update ${RUNS} as runs
       set lease_id = gen_random_uuid(),
           due_at = clock_timestamp() + ? * interval '1 second'
       from due
       where runs.id = due.id
       returning runs.*`,
      [options.leaseSeconds],
    );
    return this.#asClaimed(rows[0]);
  }

  async claimWaiting(options: {
    id: string;
    stepIndex: number;
    by: string;
    leaseSeconds: number;
  }): Promise<ClaimedRun | undefined> {
    const row = await this.knex.transaction(async tx => {
      // Locked before the step, as everywhere, so that nobody waits in a circle.
      const waiting = await tx<DbRunRow>(RUNS)
        .where({ id: options.id, state: 'waiting' })
        .forUpdate()
        .first();
      if (!waiting) return undefined;
      const steps = await tx<DbRunStepRow>(RUN_STEPS)
        .where({
          run_id: options.id,
          index: options.stepIndex,
          state: 'waiting',
        })
        .update({
          state: 'running',
          by: options.by,
          called: false,
          started_at: tx.fn.now(3),
        });
      if (steps === 0) return undefined;
      const [claimed] = await tx<DbRunRow>(RUNS)
        .where({ id: options.id })
        .update({
          state: 'running',
          lease_id: tx.raw('gen_random_uuid()'),
          due_at: tx.raw("clock_timestamp() + ? * interval '1 second'", [
            options.leaseSeconds,
          ]),
        })
        .returning('*');
      return claimed;
    });
    return this.#asClaimed(row);
  }

  async save(change: RunChange): Promise<boolean> {
    return this.knex.transaction(tx => saveRun(tx, change));
  }

  async cancel(id: string, by: string): Promise<HeldRun | undefined> {
    const canceled = await this.knex.transaction(async tx => {
      const [row] = await tx<DbRunRow>(RUNS)
        .where({ id })
        .whereIn('state', UNFINISHED)
        .update({
          state: 'canceled',
          ended_at: tx.fn.now(3),
          due_at: null,
          lease_id: null,
        })
        .returning('*');
      if (!row) return false;
      await tx<DbRunStepRow>(RUN_STEPS)
        .where({ run_id: id })
        .whereIn('state', ['pending', 'waiting', 'running'])
        .update({ state: 'canceled', ended_at: tx.fn.now(3) });
      await appendTimeline(tx, [
        {
          who: by,
          kind: 'run-canceled',
          text: `Canceled the run of '${row.runbook_path}'`,
          runId: id,
          alertId: row.alert_id ?? undefined,
        },
      ]);
      return true;
    });
    return canceled ? this.find(id) : undefined;
  }

  async #asClaimed(row: DbRunRow | undefined): Promise<ClaimedRun | undefined> {
    if (!row) return undefined;
    const [run] = await this.#withSteps([row]);
    return { ...run, leaseId: row.lease_id! };
  }

  async #withSteps(rows: DbRunRow[]): Promise<HeldRun[]> {
    if (rows.length === 0) return [];
    const steps = await this.knex<DbRunStepRow>(RUN_STEPS)
      .whereIn(
        'run_id',
        rows.map(({ id }) => id),
      )
      .orderBy('index');
    return rows.map(row =>
      toRun(
        row,
        steps.filter(step => step.run_id === row.id),
      ),
    );
  }
}
