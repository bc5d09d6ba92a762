import type { Knex } from 'knex';
import type {
  ApprovalRequest,
  ApprovalsStore,
  HeldApproval,
} from './ApprovalsStore';
import { ROLLOUT_APPROVALS, type DbRolloutApprovalRow } from './tables';

/**
 * Keeps approvals in PostgreSQL. Every change is one conditional statement, so
 * that two who act at once cannot both succeed.
 */
export class DatabaseApprovalsStore implements ApprovalsStore {
  constructor(private readonly knex: Knex) {}

  async request(request: ApprovalRequest): Promise<HeldApproval> {
    const key = {
      rollout_id: request.rolloutId,
      stage_index: request.stageIndex ?? -1,
    };
    await this.knex(ROLLOUT_APPROVALS)
      .insert({
        ...key,
        entity_ref: request.entityRef,
        environment: request.environment,
        requested_by: request.requestedBy,
        commit: request.commit ? JSON.stringify(request.commit) : null,
        expires_at: this.knex.raw("now() + ? * interval '1 hour'", [
          request.expiresInHours,
        ]),
      })
      .onConflict(['rollout_id', 'stage_index'])
      .ignore();
    await this.#expire(request.rolloutId);
    const row = await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where(key)
      .first();
    return toApproval(row!);
  }

  async listPending(request: {
    exceptRequestedBy: string;
    afterId?: string;
    limit: number;
  }): Promise<HeldApproval[]> {
    const query = this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ state: 'pending' })
      .whereRaw('expires_at > clock_timestamp()')
      .whereNot({ requested_by: request.exceptRequestedBy })
      .orderBy(['requested_at', 'id'])
      .limit(request.limit);
    if (request.afterId) {
      // By the row, because its time has more digits than a cursor.
      query.whereRaw(
        `(requested_at, id) > (
           select requested_at, id from ${ROLLOUT_APPROVALS} where id = ?)`,
        [request.afterId],
      );
    }
    return (await query).map(toApproval);
  }

  async listByRollout(rolloutId: string): Promise<HeldApproval[]> {
    await this.#expire(rolloutId);
    const rows = await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ rollout_id: rolloutId })
      .orderBy([
        { column: 'requested_at', order: 'desc' },
        { column: 'stage_index', order: 'desc' },
      ]);
    return rows.map(toApproval);
  }

  async decide(decision: {
    id: string;
    state: 'approved' | 'rejected';
    decidedBy: string;
    comment?: string;
    note?: string;
  }): Promise<HeldApproval | undefined> {
    const [row] = await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ id: decision.id, state: 'pending' })
      .whereRaw('expires_at > clock_timestamp()')
      .update({
        state: decision.state,
        decided_by: decision.decidedBy,
        decided_at: this.knex.raw('clock_timestamp()'),
        comment: decision.comment ?? null,
        note: decision.note ?? null,
      })
      .returning('*');
    return row && toApproval(row);
  }

  async close(rolloutId: string): Promise<void> {
    await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ rollout_id: rolloutId, state: 'pending' })
      .update({
        state: 'expired',
        expires_at: this.knex.raw('least(expires_at, clock_timestamp())'),
      });
  }

  async markNotified(id: string): Promise<void> {
    await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ id })
      .update({ notified_at: this.knex.fn.now() });
  }

  async markForwarded(id: string): Promise<void> {
    await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ id })
      .update({ forwarded_at: this.knex.fn.now() });
  }

  async delayForward(id: string, seconds: number): Promise<void> {
    await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ id })
      .update({
        forward_after: this.knex.raw("now() + ? * interval '1 second'", [
          seconds,
        ]),
      });
  }

  async #expire(rolloutId: string): Promise<void> {
    await this.knex<DbRolloutApprovalRow>(ROLLOUT_APPROVALS)
      .where({ rollout_id: rolloutId, state: 'pending' })
      .whereRaw('expires_at <= clock_timestamp()')
      .update({ state: 'expired' });
  }
}

function toApproval(row: DbRolloutApprovalRow): HeldApproval {
  return {
    id: row.id,
    rolloutId: row.rollout_id,
    entityRef: row.entity_ref,
    environment: row.environment,
    stageIndex: row.stage_index < 0 ? undefined : row.stage_index,
    state: row.state,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at?.toISOString(),
    comment: row.comment ?? undefined,
    note: row.note ?? undefined,
    commit: row.commit ?? undefined,
    notified: row.notified_at !== null,
    mayForward:
      row.forwarded_at === null &&
      (row.forward_after?.getTime() ?? 0) <= Date.now(),
  };
}
