import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import { appendTimeline } from '../DatabaseTimelineStore';
import type { NewRun } from '../RunsStore';
import { RUNS, RUN_STEPS, type DbRunRow, type DbRunStepRow } from '../tables';

/** Far more than people follow at the same time. */
const MAX_UNFINISHED = 5;

/**
 * Inserts a run that is due at once, with its steps, and gives its id. Throws
 * `ConflictError` when too many of the entity have not ended.
 */
export async function insertRun(
  tx: Knex.Transaction,
  run: NewRun,
): Promise<string> {
  await assertRoom(tx, run.entityRef);
  const [{ id }] = await tx<DbRunRow>(RUNS)
    .insert({
      entity_ref: run.entityRef,
      runbook_path: run.runbookPath,
      runbook_title: run.runbookTitle,
      runbook_hash: run.runbookHash,
      runbook_sha: run.runbookSha ?? null,
      alert_id: run.alertId ?? null,
      state: 'running',
      started_by: run.startedBy,
      due_at: tx.fn.now(3),
    })
    .returning('id');
  await tx<DbRunStepRow>(RUN_STEPS).insert(
    run.steps.map(({ title, spec }, index) => ({
      run_id: id,
      index,
      type: spec.type,
      title,
      state: index < run.fromStep ? 'skipped' : 'pending',
      input: JSON.stringify(spec) as unknown as DbRunStepRow['input'],
    })),
  );
  await appendTimeline(tx, [
    {
      who: run.startedBy,
      kind: 'run-started',
      text: `Started '${run.runbookPath}'${run.fromStep ? ` at step ${run.fromStep + 1}` : ''}`,
      runId: id,
      alertId: run.alertId,
    },
  ]);
  return id;
}

async function assertRoom(
  tx: Knex.Transaction,
  entityRef: string,
): Promise<void> {
  await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [
    `runs:${entityRef}`,
  ]);
  const unfinished = await tx<DbRunRow>(RUNS)
    .where({ entity_ref: entityRef })
    .whereIn('state', ['running', 'waiting'])
    .orderBy('started_at');
  if (unfinished.length < MAX_UNFINISHED) return;
  const names = unfinished.map(
    row =>
      `'${row.runbook_path}' of ${row.started_by} since ${row.started_at.toISOString()}`,
  );
  throw new ConflictError(
    `'${entityRef}' has ${unfinished.length} runs that have not ended: ${names.join(', ')}. Finish or cancel one of them first.`,
  );
}
