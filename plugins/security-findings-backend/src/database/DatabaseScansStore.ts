import type { FindingSource } from '@forkyard/plugin-security-findings-common';
import type { Knex } from 'knex';
import type {
  ClaimedScan,
  Scan,
  ScanKey,
  ScanResult,
  ScansStore,
  TrackedEntity,
} from './ScansStore';
import {
  SCANS,
  TRACKED_ENTITIES,
  type DbScanRow,
  type DbTrackedEntityRow,
} from './tables';

/**
 * Keeps scans in PostgreSQL, with leases for several replicas on the database's
 * clock.
 */
export class DatabaseScansStore implements ScansStore {
  constructor(private readonly knex: Knex) {}

  async track(
    entities: TrackedEntity[],
    sources: FindingSource[],
  ): Promise<void> {
    if (entities.length === 0) return;
    await this.knex.transaction(async tx => {
      const { rows } = await tx.raw<{ rows: { entity_ref: string }[] }>(
        `insert into ${TRACKED_ENTITIES} as held (entity_ref, repository, refusal)
         select entity_ref, repository, refusal
           from jsonb_to_recordset(?::jsonb)
             as given (entity_ref text, repository text, refusal text)
         on conflict (entity_ref) do update
           set repository = excluded.repository, refusal = excluded.refusal
           where (held.repository, held.refusal)
             is distinct from (excluded.repository, excluded.refusal)
         returning entity_ref`,
        [
          JSON.stringify(
            entities.map(({ entityRef, repository, refusal }) => ({
              entity_ref: entityRef,
              repository,
              refusal,
            })),
          ),
        ],
      );
      await tx.raw(
        `insert into ${SCANS} (entity_ref, source)
         select entity_ref, source
           from unnest(?::text[]) as entity_ref, unnest(?::text[]) as source
         on conflict do nothing`,
        [entities.map(({ entityRef }) => entityRef), sources],
      );
      const changed = rows.map(row => row.entity_ref);
      await requestWhere(
        tx<DbScanRow>(SCANS)
          .whereRaw('entity_ref = any(?)', [changed])
          .whereRaw('source = any(?)', [sources]),
        tx,
      );
    });
  }

  async untrack(entityRefs: string[]): Promise<void> {
    if (entityRefs.length === 0) return;
    await this.knex.transaction(async tx => {
      await tx(TRACKED_ENTITIES).whereIn('entity_ref', entityRefs).delete();
      await tx(SCANS)
        .whereIn('entity_ref', entityRefs)
        .whereNot({ source: 'sarif' })
        .delete();
    });
  }

  async listTracked(): Promise<string[]> {
    return this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES).pluck('entity_ref');
  }

  async findTracked(entityRef: string): Promise<TrackedEntity | undefined> {
    const row = await this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES)
      .where({ entity_ref: entityRef })
      .first();
    return (
      row && {
        entityRef,
        repository: row.repository ?? undefined,
        refusal: row.refusal ?? undefined,
      }
    );
  }

  async listByEntity(entityRef: string): Promise<Scan[]> {
    const rows = await this.knex<DbScanRow>(SCANS)
      .where({ entity_ref: entityRef })
      .orderBy(['source', 'category']);
    return rows.map(toScan);
  }

  async find(key: ScanKey): Promise<Scan | undefined> {
    const row = await this.#where(key).first();
    return row && toScan(row);
  }

  async listAsOf(entityRefs?: string[]): Promise<Map<string, Date>> {
    const query = this.knex(SCANS)
      .whereNotNull('as_of')
      .groupBy('entity_ref')
      .select<{ entity_ref: string; as_of: Date }[]>(
        'entity_ref',
        this.knex.raw('max(as_of) as as_of'),
      );
    if (entityRefs) query.whereIn('entity_ref', entityRefs);
    const rows = await query;
    return new Map(rows.map(row => [row.entity_ref, row.as_of]));
  }

  async claimDue(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedScan[]> {
    const { rows } = await this.knex.raw<{ rows: DbScanRow[] }>(
      `with due as (
         select entity_ref, source, category from ${SCANS}
         where due_at <= now()
         order by due_at
         limit ?
         for update skip locked
       )
       update ${SCANS} as scan
       set lease_id = gen_random_uuid(),
           due_at = now() + ? * interval '1 second',
           claimed_generation = requested_generation
       from due
       where scan.entity_ref = due.entity_ref
         and scan.source = due.source
         and scan.category = due.category
       returning scan.*`,
      [options.limit, options.leaseSeconds],
    );
    return rows.map(row => ({ ...toScan(row), leaseId: row.lease_id! }));
  }

  async complete(leaseId: string, result: ScanResult): Promise<boolean> {
    const completed = await this.knex<DbScanRow>(SCANS)
      .where({ lease_id: leaseId })
      .update({
        lease_id: null,
        due_at: this.knex.raw(
          `case when requested_generation > claimed_generation then now()
                else now() + ? * interval '1 second' end`,
          [result.nextInSeconds ?? null],
        ),
        ...this.#columns(result),
      });
    return completed > 0;
  }

  async record(key: ScanKey, result: ScanResult): Promise<void> {
    const { entityRef, source, category } = key;
    await this.knex<DbScanRow>(SCANS)
      .insert({ entity_ref: entityRef, source, category, due_at: null })
      .onConflict(['entity_ref', 'source', 'category'])
      .ignore();
    await this.#where(key).update({
      due_at: this.knex.raw(
        `case when lease_id is null or due_at <= now()
              then now() + ? * interval '1 second' else due_at end`,
        [result.nextInSeconds ?? null],
      ),
      ...this.#columns(result),
    });
  }

  async request(
    where: { entityRef: string } | { repository: string },
    sources: FindingSource[],
  ): Promise<number> {
    const query = this.knex<DbScanRow>(SCANS).whereRaw('source = any(?)', [
      sources,
    ]);
    if ('entityRef' in where) query.where({ entity_ref: where.entityRef });
    else {
      query.whereIn(
        'entity_ref',
        this.knex(TRACKED_ENTITIES)
          .where({ repository: where.repository })
          .select('entity_ref'),
      );
    }
    return requestWhere(query, this.knex);
  }

  #where({ entityRef, source, category }: ScanKey) {
    return this.knex<DbScanRow>(SCANS).where({
      entity_ref: entityRef,
      source,
      category,
    });
  }

  #columns(result: ScanResult) {
    const failed = result.condition === 'failing';
    return {
      condition: result.condition,
      reason: result.reason ?? null,
      failure_count: failed ? this.knex.raw('failure_count + 1') : 0,
      ...(result.condition === 'on'
        ? {
            as_of: this.knex.fn.now(),
            version: result.version ?? null,
            doubted_version: null,
          }
        : {}),
      ...(result.condition === 'unconfirmed'
        ? { doubted_version: result.doubtedVersion ?? null }
        : {}),
    };
  }
}

/** Leaves the time of a claimed row alone: it is the end of the lease. */
function requestWhere(
  query: Knex.QueryBuilder<DbScanRow, unknown>,
  knex: Knex,
): Promise<number> {
  return query.update({
    requested_generation: knex.raw('requested_generation + 1'),
    due_at: knex.raw(
      'case when lease_id is null then least(due_at, now()) else due_at end',
    ),
  }) as unknown as Promise<number>;
}

function toScan(row: DbScanRow): Scan {
  return {
    entityRef: row.entity_ref,
    source: row.source,
    category: row.category,
    condition: row.condition,
    reason: row.reason ?? undefined,
    asOf: row.as_of ?? undefined,
    version: row.version ?? undefined,
    doubtedVersion: row.doubted_version ?? undefined,
    failures: row.failure_count,
  };
}
