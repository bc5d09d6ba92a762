import type { HeldRun, HeldStep } from './RunsStore';
import type { DbRunRow, DbRunStepRow } from './tables';

/** Puts a run and its steps together. */
export function toRun(row: DbRunRow, steps: DbRunStepRow[]): HeldRun {
  return {
    id: row.id,
    entityRef: row.entity_ref,
    runbookPath: row.runbook_path,
    runbookTitle: row.runbook_title,
    runbookHash: row.runbook_hash,
    runbookSha: row.runbook_sha ?? undefined,
    alertId: row.alert_id ?? undefined,
    state: row.state,
    startedBy: row.started_by,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString(),
    steps: steps.map(toStep),
  };
}

function toStep(row: DbRunStepRow): HeldStep {
  return {
    index: row.index,
    type: row.type,
    title: row.title,
    state: row.state,
    startedAt: row.started_at?.toISOString(),
    endedAt: row.ended_at?.toISOString(),
    by: row.by ?? undefined,
    input: row.input,
    output: row.output,
    called: row.called,
    error: row.error ?? undefined,
  };
}
