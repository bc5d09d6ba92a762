import { randomUUID } from 'node:crypto';
import type { StepError, StepId } from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import {
  LeaseLostError,
  type Claim,
  type ForkChange,
  type LedgerStore,
  type StepOutcome,
} from './LedgerStore';
import {
  FORKS_TABLE,
  PROVISIONINGS_TABLE,
  STEPS_TABLE,
  type DbForkRow,
  type DbProvisioningRow,
  type DbStepRow,
} from './tables';
import { toProvisioningRecord } from './toProvisioningRecord';

type Columns<TRow> = Partial<Record<keyof TRow, unknown>>;

/**
 * Keeps the ledger in PostgreSQL, one lease a provisioning.
 *
 * While a provisioning is leased, `due_at` is the end of the lease: a worker
 * that dies leaves a row that becomes due by itself. Every write first locks the
 * row where the lease id is still the claim's, so that a worker that only was
 * slow can no longer write.
 */
export class DatabaseLedgerStore implements LedgerStore {
  constructor(private readonly knex: Knex) {}

  async claimDue(request: {
    leaseSeconds: number;
  }): Promise<Claim | undefined> {
    const leaseId = randomUUID();
    // One statement is one transaction: the row stays locked from the moment it
    // is skipped by others until it carries the new lease.
    const [row] = await this.knex<DbProvisioningRow>(PROVISIONINGS_TABLE)
      .where(
        'id',
        this.knex(PROVISIONINGS_TABLE)
          .select('id')
          .where('due_at', '<=', this.knex.fn.now(3))
          .whereIn('state', ['running', 'unwinding'])
          .orderBy('due_at')
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .update({
        lease_id: leaseId,
        due_at: this.#inSeconds(request.leaseSeconds),
      })
      .returning(['id', 'requested_generation', 'state']);
    return (
      row && {
        provisioningId: row.id,
        leaseId,
        generation: row.requested_generation,
        state: row.state,
      }
    );
  }

  async extend(claim: Claim, request: { leaseSeconds: number }) {
    const [row] = await this.#held(this.knex, claim)
      .update({ due_at: this.#inSeconds(request.leaseSeconds) })
      .returning('state');
    if (!row) throw new LeaseLostError(claim.provisioningId);
    return { state: row.state };
  }

  async release(claim: Claim): Promise<void> {
    await this.#held(this.knex, claim).update({
      lease_id: null,
      due_at: this.knex.fn.now(3) as unknown as Date,
    });
  }

  async complete(
    claim: Claim,
    result: Parameters<LedgerStore['complete']>[1],
  ): Promise<boolean> {
    return this.#fenced(claim, async (tx, row) => {
      const superseded = row.requested_generation !== claim.generation;
      const columns: Columns<DbProvisioningRow> = {
        lease_id: null,
        ...(superseded
          ? { due_at: tx.fn.now(3) }
          : {
              state: result.state,
              retries: result.retries ?? 0,
              due_at:
                result.dueInSeconds === undefined
                  ? null
                  : this.#inSeconds(result.dueInSeconds),
            }),
        updated_at: tx.fn.now(3),
      };
      await tx(PROVISIONINGS_TABLE).where({ id: row.id }).update(columns);
      if (!superseded) await updateFork(tx, row, result.fork);
      return !superseded;
    });
  }

  async read(claim: Claim) {
    return this.#fenced(claim, async (tx, row) =>
      toProvisioningRecord(
        row,
        await tx<DbStepRow>(STEPS_TABLE).where({
          provisioning_id: claim.provisioningId,
        }),
      ),
    );
  }

  async beginStep(
    claim: Claim,
    step: Parameters<LedgerStore['beginStep']>[1],
  ): Promise<void> {
    await this.#writeStep(claim, step.id, step.fork, tx => ({
      state: 'running',
      attempts: tx.raw('attempts + 1'),
      started_at: tx.fn.now(3),
      finished_at: null,
      intent: JSON.stringify(step.intent),
      undo: JSON.stringify(step.undo),
      error: null,
    }));
  }

  async checkpointStep(
    claim: Claim,
    step: { id: StepId; facts: Record<string, string> },
  ): Promise<void> {
    await this.#writeStep(claim, step.id, undefined, () => ({
      facts: JSON.stringify(step.facts),
    }));
  }

  async completeStep(
    claim: Claim,
    step: { id: StepId; outcome: StepOutcome; fork?: ForkChange },
  ): Promise<void> {
    const { state, resources, facts, undo } = step.outcome;
    await this.#writeStep(claim, step.id, step.fork, tx => ({
      state,
      finished_at: tx.fn.now(3),
      resources: JSON.stringify(resources),
      facts: JSON.stringify(facts),
      undo: JSON.stringify(undo),
      error: null,
    }));
  }

  async failStep(
    claim: Claim,
    step: { id: StepId; error: StepError },
  ): Promise<void> {
    await this.#writeStep(claim, step.id, undefined, tx => ({
      state: 'failed',
      finished_at: tx.fn.now(3),
      error: JSON.stringify(step.error),
    }));
  }

  async undoStep(claim: Claim, step: { id: StepId }): Promise<void> {
    await this.#writeStep(claim, step.id, undefined, tx => ({
      state: 'undone',
      finished_at: tx.fn.now(3),
      error: null,
    }));
  }

  async #writeStep(
    claim: Claim,
    stepId: StepId,
    fork: ForkChange | undefined,
    columns: (tx: Knex.Transaction) => Columns<DbStepRow>,
  ): Promise<void> {
    await this.#fenced(claim, async (tx, row) => {
      await tx(STEPS_TABLE)
        .where({ provisioning_id: claim.provisioningId, step_id: stepId })
        .update(columns(tx));
      await this.#held(tx, claim).update({
        updated_at: tx.fn.now(3) as unknown as Date,
      });
      await updateFork(tx, row, fork);
    });
  }

  async #fenced<T>(
    claim: Claim,
    write: (tx: Knex.Transaction, row: DbProvisioningRow) => Promise<T>,
  ): Promise<T> {
    return this.knex.transaction(async tx => {
      const row = await this.#held(tx, claim).forUpdate().first();
      if (!row) throw new LeaseLostError(claim.provisioningId);
      return write(tx, row);
    });
  }

  #held(knex: Knex, claim: Claim) {
    return knex<DbProvisioningRow>(PROVISIONINGS_TABLE).where({
      id: claim.provisioningId,
      lease_id: claim.leaseId,
    });
  }

  #inSeconds(seconds: number): Date {
    return this.knex.raw('now() + make_interval(secs => ?)', [
      seconds,
    ]) as unknown as Date;
  }
}

/** A fork follows only the provisioning that is making it. */
async function updateFork(
  tx: Knex.Transaction,
  provisioning: DbProvisioningRow,
  change: ForkChange | undefined,
): Promise<void> {
  if (!change) return;
  const columns: Columns<DbForkRow> = {
    lifecycle: change.lifecycle,
    status: change.status,
    status_reason: change.statusReason,
    status_since:
      change.status &&
      tx.raw('case when status = ? then status_since else now() end', [
        change.status,
      ]),
    repository_url: change.repositoryUrl,
    production_url: change.productionUrl,
    project_id: change.projectId,
    ...(change.live && {
      live_deployment_id: change.live.deploymentId,
      live_sha: change.live.sha ?? null,
      live_message: change.live.message ?? null,
      live_since: tx.fn.now(3),
    }),
  };
  const given = Object.entries(columns).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length === 0) return;
  await tx(FORKS_TABLE)
    .where({
      name: provisioning.fork_name,
      provisioning_id: provisioning.id,
    })
    .update(Object.fromEntries(given));
}
