import type { ProvisioningRecord, StepRecord } from './ProvisioningStore';
import type { DbProvisioningRow, DbStepRow } from './tables';

/**
 * Puts a provisioning and the rows of its ledger together.
 */
export function toProvisioningRecord(
  row: DbProvisioningRow,
  steps: DbStepRow[],
): ProvisioningRecord {
  return {
    id: row.id,
    forkName: row.fork_name,
    owner: row.owner,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    request: row.request,
    requestHash: row.request_hash,
    base: { repository: row.base_repository, sha: row.base_sha },
    state: row.state,
    through: row.through,
    onFailure: row.on_failure,
    retries: row.retries,
    lastSequence: row.last_sequence,
    steps: steps
      .sort((left, right) => left.position - right.position)
      .map(toStepRecord),
  };
}

function toStepRecord(row: DbStepRow): StepRecord {
  return {
    id: row.step_id,
    state: row.state,
    attempts: row.attempts,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    intent: row.intent,
    resources: row.resources,
    facts: row.facts,
    undo: row.undo,
    error: row.error ?? undefined,
  };
}
