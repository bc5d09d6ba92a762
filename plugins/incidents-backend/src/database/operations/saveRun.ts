import type { Knex } from 'knex';
import { appendTimeline } from '../DatabaseTimelineStore';
import type { RunChange } from '../RunsStore';
import { RUNS, RUN_STEPS, type DbRunRow, type DbRunStepRow } from '../tables';

/**
 * Writes a change of a claimed run. False, and nothing is written, when the
 * claim ran out and somebody else has it, or the run was canceled.
 */
export async function saveRun(
  tx: Knex.Transaction,
  change: RunChange,
): Promise<boolean> {
  const held = await tx<DbRunRow>(RUNS)
    .where({ id: change.id, lease_id: change.leaseId })
    .forUpdate()
    .first();
  if (!held) return false;
  const { state, release } = change;
  const isFinal = !!state && state !== 'running' && state !== 'waiting';
  if (change.step) await saveStep(tx, change.id, change.step);
  if (isFinal) {
    await tx<DbRunStepRow>(RUN_STEPS)
      .where({ run_id: change.id })
      .whereIn('state', ['pending', 'waiting', 'running'])
      .update({ state: 'canceled', ended_at: tx.fn.now(3) });
  }
  await tx<DbRunRow>(RUNS)
    .where({ id: change.id })
    .update({
      state: state ?? held.state,
      ...(isFinal && { ended_at: tx.fn.now(3) }),
      ...(release && {
        lease_id: null,
        due_at:
          release.dueInSeconds === 'never'
            ? null
            : tx.raw("clock_timestamp() + ? * interval '1 second'", [
                release.dueInSeconds,
              ]),
      }),
    });
  await appendTimeline(
    tx,
    (change.timeline ?? []).map(entry => ({
      ...entry,
      runId: change.id,
      alertId: held.alert_id ?? undefined,
    })),
  );
  return true;
}

async function saveStep(
  tx: Knex.Transaction,
  runId: string,
  step: NonNullable<RunChange['step']>,
): Promise<void> {
  const { index, state, by, output, called, error } = step;
  await tx<DbRunStepRow>(RUN_STEPS)
    .where({ run_id: runId, index })
    .update({
      ...(state && { state }),
      ...(state === 'running' && { started_at: tx.fn.now(3) }),
      ...((state === 'succeeded' || state === 'failed') && {
        ended_at: tx.fn.now(3),
      }),
      ...(by !== undefined && { by }),
      ...(output && {
        output: JSON.stringify(output) as unknown as DbRunStepRow['output'],
      }),
      ...(called !== undefined && { called }),
      ...(error !== undefined && { error }),
      index,
    });
}
