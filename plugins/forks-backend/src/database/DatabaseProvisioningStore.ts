import { InputError } from '@backstage/errors';
import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import {
  provisioningSteps,
  type Page,
  type ProvisioningState,
  type StepId,
} from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import { z } from 'zod';
import { applyForkFilter } from './applyForkFilter';
import type { ForkCriteria } from './ForkStore';
import type {
  NewProvisioning,
  ProvisioningRecord,
  ProvisioningStore,
} from './ProvisioningStore';
import {
  FORKS_TABLE,
  PROVISIONINGS_TABLE,
  SEALED_SECRETS_TABLE,
  STEPS_TABLE,
  type DbForkRow,
  type DbProvisioningRow,
  type DbSealedSecretRow,
  type DbStepRow,
} from './tables';
import { toProvisioningRecord } from './toProvisioningRecord';

const cursorSchema = z.strictObject({
  createdAt: z.iso.datetime(),
  id: z.string().max(100),
});

/** How long a secret outlives its binding to a provisioning. */
const BOUND_SECRET_HOURS = 24;

/**
 * Keeps provisionings in PostgreSQL.
 */
export class DatabaseProvisioningStore implements ProvisioningStore {
  constructor(private readonly knex: Knex) {}

  async insertProvisioning(
    provisioning: NewProvisioning,
  ): Promise<{ provisioning: ProvisioningRecord; inserted: boolean }> {
    const inserted = await this.knex.transaction(async tx => {
      // Without a target, any unique index makes it do nothing: the key's and
      // the name's.
      const rows = await tx<DbProvisioningRow>(PROVISIONINGS_TABLE)
        .insert(toRow(provisioning))
        .onConflict()
        .ignore()
        .returning('id');
      if (rows.length === 0) return false;
      await insertLedger(tx, provisioning.id);
      await upsertFork(tx, provisioning);
      await bindSecrets(tx, provisioning);
      return true;
    });
    const record = inserted
      ? await this.findProvisioning({ id: provisioning.id })
      : await this.findExisting({
          forkName: provisioning.request.name,
          createdBy: provisioning.createdBy,
          idempotencyKey: provisioning.idempotencyKey,
        });
    if (!record) {
      // The holder was unwound between the two statements.
      return this.insertProvisioning(provisioning);
    }
    return { provisioning: record, inserted };
  }

  async findProvisioning(request: { id: string }) {
    return this.#findWhere({ id: request.id });
  }

  async findExisting(request: {
    forkName: string;
    createdBy: string;
    idempotencyKey?: string;
  }) {
    const byKey =
      request.idempotencyKey &&
      (await this.#findWhere({
        created_by: request.createdBy,
        idempotency_key: request.idempotencyKey,
      }));
    return (
      byKey ||
      this.#findWhere(query =>
        query.where({ fork_name: request.forkName }).whereNot({
          state: 'unwound',
        }),
      )
    );
  }

  async listProvisionings(request: {
    states?: ProvisioningState[];
    filter?: ForkCriteria;
    cursor?: string;
    limit?: number;
  }): Promise<Page<ProvisioningRecord>> {
    const { states, filter, cursor, limit = 25 } = request;
    const rows = await this.#provisionings()
      .modify(query => {
        if (states?.length) query.whereIn('state', states);
        if (filter) applyForkFilter(query, filter);
        if (cursor) {
          const position = decodeCursor(cursorSchema, cursor);
          query.whereRaw('(created_at, id) < (?, ?)', [
            position.createdAt,
            position.id,
          ]);
        }
      })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: await this.#withLedgers(items),
      nextCursor:
        last && rows.length > limit
          ? encodeCursor({ createdAt: last.created_at, id: last.id })
          : undefined,
    };
  }

  async requestChange(request: {
    id: string;
    from: ProvisioningState[];
    to: 'running' | 'unwinding';
    through?: StepId;
  }): Promise<boolean> {
    // A worker that holds the lease keeps it: it sees the new generation, and
    // what it completes is due again at once.
    const changed: number = await this.knex(PROVISIONINGS_TABLE)
      .where({ id: request.id })
      .whereIn('state', request.from)
      .update({
        state: request.to,
        through: request.through ?? this.knex.ref('through'),
        retries: 0,
        requested_generation: this.knex.raw('requested_generation + 1'),
        due_at: this.knex.raw(
          'case when lease_id is null then now() else due_at end',
        ),
        updated_at: this.knex.fn.now(3),
      });
    return changed > 0;
  }

  async usualDurations(): Promise<Partial<Record<StepId, number>>> {
    const { rows } = await this.knex.raw<{
      rows: Array<{ step_id: StepId; median_ms: number | null }>;
    }>(
      `select wanted.step_id, percentile_cont(0.5) within group (order by duration_ms) as median_ms
       from unnest(?::text[]) as wanted (step_id)
       cross join lateral (
         select extract(epoch from finished_at - started_at) * 1000 as duration_ms
         from provisioning_steps steps
         where steps.step_id = wanted.step_id and state = 'succeeded'
         order by finished_at desc limit 20
       ) as last_successes
       group by wanted.step_id`,
      [[...provisioningSteps]],
    );
    return Object.fromEntries(
      rows.map(row => [row.step_id, Math.round(Number(row.median_ms))]),
    );
  }

  #provisionings() {
    return this.knex<DbProvisioningRow>(PROVISIONINGS_TABLE);
  }

  async #findWhere(
    condition:
      | Partial<DbProvisioningRow>
      | ((query: Knex.QueryBuilder) => Knex.QueryBuilder),
  ): Promise<ProvisioningRecord | undefined> {
    const row = await this.#provisionings()
      .where(
        typeof condition === 'function'
          ? (query: Knex.QueryBuilder) => void condition(query)
          : condition,
      )
      .first();
    return row && (await this.#withLedgers([row]))[0];
  }

  async #withLedgers(rows: DbProvisioningRow[]): Promise<ProvisioningRecord[]> {
    const steps = await this.knex<DbStepRow>(STEPS_TABLE).whereIn(
      'provisioning_id',
      rows.map(row => row.id),
    );
    return rows.map(row =>
      toProvisioningRecord(
        row,
        steps.filter(step => step.provisioning_id === row.id),
      ),
    );
  }
}

function toRow(
  provisioning: NewProvisioning,
): Knex.DbRecord<DbProvisioningRow> {
  const { request } = provisioning;
  return {
    id: provisioning.id,
    fork_name: request.name,
    owner: request.owner,
    created_by: provisioning.createdBy,
    idempotency_key: provisioning.idempotencyKey ?? null,
    request_hash: provisioning.requestHash,
    request: JSON.stringify(request) as unknown as DbProvisioningRow['request'],
    base_repository: provisioning.base.repository,
    base_sha: provisioning.base.sha,
    state: 'running',
    through: provisioning.through,
    on_failure: request.onFailure,
  };
}

async function insertLedger(tx: Knex.Transaction, id: string): Promise<void> {
  await tx(STEPS_TABLE).insert(
    provisioningSteps.map((step_id, position) => ({
      provisioning_id: id,
      step_id,
      position,
      state: 'pending',
    })),
  );
}

/** A fork that was deleted gives its name to the next one. */
async function upsertFork(
  tx: Knex.Transaction,
  provisioning: NewProvisioning,
): Promise<void> {
  const { request, base } = provisioning;
  const row: Partial<Record<keyof DbForkRow, unknown>> = {
    name: request.name,
    title: request.title,
    description: request.description,
    entity_ref: provisioning.entityRef,
    owner: request.owner,
    system: request.system ?? null,
    lifecycle: 'provisioning',
    status: 'in-progress',
    status_reason: 'Its provisioning has begun',
    status_since: tx.fn.now(3),
    base_repository: base.repository,
    base_sha: base.sha,
    repository_url: null,
    production_url: null,
    project_id: null,
    slo_tier: request.sloTier,
    monthly_budget_usd: String(request.monthlyBudgetUsd),
    live_deployment_id: null,
    live_sha: null,
    live_message: null,
    live_author: null,
    live_since: null,
    projected_at: null,
    provisioning_id: provisioning.id,
    created_at: tx.fn.now(3),
    created_by: provisioning.createdBy,
  };
  await tx(FORKS_TABLE).insert(row).onConflict('name').merge();
}

async function bindSecrets(
  tx: Knex.Transaction,
  { id, request, createdBy }: NewProvisioning,
): Promise<void> {
  const refs = [...new Set(request.secrets.map(secret => secret.ref))];
  if (refs.length === 0) return;
  const bound = await tx<DbSealedSecretRow>(SEALED_SECRETS_TABLE)
    .whereIn('ref', refs)
    .where({ owner_ref: createdBy })
    .whereNull('provisioning_id')
    .where('expires_at', '>', tx.fn.now(3))
    .update({
      provisioning_id: id,
      expires_at: tx.raw('now() + make_interval(hours => ?)', [
        BOUND_SECRET_HOURS,
      ]),
    });
  if (bound !== refs.length) {
    throw new InputError(
      `Fork '${request.name}' cannot be created: ${refs.length - bound} of its ${refs.length} secrets have expired, were used already or are not yours. Enter them again`,
    );
  }
}
