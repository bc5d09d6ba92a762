import { databaseTime } from '@forkyard/backend-kit';
import type { TrackedProject } from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import {
  DEPLOYMENTS,
  TRACKED_ENTITIES,
  type DbTrackedEntityRow,
} from './tables';
import type {
  ClaimedEntity,
  ReconcileOutcome,
  TrackedEntitiesStore,
  TrackedEntity,
} from './TrackedEntitiesStore';

type EntityKey = { entityRef: string; provider: string };

/** PostgreSQL takes 65,535 parameters in a statement; this stays far below. */
const ROWS_PER_STATEMENT = 1000;

/**
 * Keeps tracked entities in PostgreSQL, with leases for several replicas.
 */
export class DatabaseTrackedEntitiesStore implements TrackedEntitiesStore {
  constructor(private readonly knex: Knex) {}

  now(): Promise<Date> {
    return databaseTime(this.knex);
  }

  async track(
    entities: { entityRef: string; provider: string; etag?: string }[],
  ): Promise<void> {
    for (const chunk of chunks(entities)) {
      await this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES)
        .insert(
          chunk.map(({ entityRef, provider, etag }) => ({
            entity_ref: entityRef,
            provider,
            entity_etag: etag ?? null,
          })),
        )
        .onConflict(['entity_ref', 'provider'])
        .merge({
          entity_etag: this.knex.raw('excluded.entity_etag'),
          project_id: null,
          requested_generation: this.knex.raw(
            `${TRACKED_ENTITIES}.requested_generation + 1`,
          ),
          due_at: this.knex.raw(dueAtOnce(TRACKED_ENTITIES)),
        })
        .whereRaw(
          `${TRACKED_ENTITIES}.entity_etag is distinct from excluded.entity_etag`,
        );
    }
  }

  async untrack(entities: EntityKey[]): Promise<void> {
    for (const chunk of chunks(entities)) {
      await this.knex(TRACKED_ENTITIES)
        .whereIn(
          ['entity_ref', 'provider'],
          chunk.map(({ entityRef, provider }) => [entityRef, provider]),
        )
        .delete();
    }
  }

  async list(): Promise<EntityKey[]> {
    const rows = await this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES).select(
      'entity_ref',
      'provider',
    );
    return rows.map(row => ({
      entityRef: row.entity_ref,
      provider: row.provider,
    }));
  }

  async listProjects(options: {
    after?: EntityKey;
    limit: number;
  }): Promise<TrackedProject[]> {
    const query = this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES)
      .whereNotNull('project_id')
      .orderBy(['entity_ref', 'provider'])
      .limit(options.limit);
    if (options.after) {
      query.whereRaw('(entity_ref, provider) > (?, ?)', [
        options.after.entityRef,
        options.after.provider,
      ]);
    }
    return (await query).map(row => ({
      entityRef: row.entity_ref,
      provider: row.provider,
      projectId: row.project_id!,
    }));
  }

  async listByEntity(entityRef: string): Promise<TrackedEntity[]> {
    const rows = await this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES)
      .where({ entity_ref: entityRef })
      .orderBy('provider');
    return rows.map(toTrackedEntity);
  }

  async listSharing({
    provider,
    projectId,
  }: {
    provider: string;
    projectId: string;
  }): Promise<string[]> {
    const { rows } = await this.knex.raw<{ rows: { entity_ref: string }[] }>(
      `select entity_ref from ${TRACKED_ENTITIES} t
       where provider = :provider and (project_id = :projectId or (
         project_id is null and exists (
           select 1 from ${DEPLOYMENTS} d
           where d.entity_ref = t.entity_ref
             and d.provider = :provider and d.project_id = :projectId)))
       order by entity_ref collate "C"`,
      { provider, projectId },
    );
    return rows.map(row => row.entity_ref);
  }

  async setProject(
    entity: EntityKey & { etag?: string },
    project: ProjectRef | undefined,
  ): Promise<void> {
    await this.#where(entity)
      .whereRaw('entity_etag is not distinct from ?', [entity.etag ?? null])
      .update({
        project_id: project?.projectId ?? null,
        team_id: project?.teamId ?? null,
      });
  }

  async claimDue(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedEntity[]> {
    const { rows } = await this.knex.raw<{ rows: DbTrackedEntityRow[] }>(
      `with due as (
         select entity_ref, provider from ${TRACKED_ENTITIES}
         where due_at <= now()
         order by due_at
         limit ?
         for update skip locked
       )
       update ${TRACKED_ENTITIES} as tracked
       set lease_id = gen_random_uuid(),
           due_at = now() + ? * interval '1 second',
           claimed_generation = requested_generation
       from due
       where tracked.entity_ref = due.entity_ref
         and tracked.provider = due.provider
       returning tracked.*`,
      [options.limit, options.leaseSeconds],
    );
    return rows.map(row => ({
      ...toTrackedEntity(row),
      leaseId: row.lease_id!,
    }));
  }

  async complete(leaseId: string, outcome: ReconcileOutcome): Promise<boolean> {
    const completed = await this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES)
      .where({ lease_id: leaseId })
      .update({
        lease_id: null,
        due_at: this.knex.raw(
          `case when requested_generation > claimed_generation then now()
                else now() + ? * interval '1 second' end`,
          [outcome.nextInSeconds],
        ),
        ...this.#outcomeColumns(outcome),
      });
    return completed > 0;
  }

  async recordOutcome(
    entity: EntityKey,
    outcome: ReconcileOutcome,
  ): Promise<void> {
    await this.#where(entity).update({
      due_at: this.knex.raw(
        `case when lease_id is null or due_at <= now()
              then least(due_at, now() + ? * interval '1 second')
              else due_at end`,
        [outcome.nextInSeconds],
      ),
      ...this.#outcomeColumns(outcome),
    });
  }

  async requestReconcile(project: {
    provider: string;
    projectId: string;
  }): Promise<number> {
    return this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES)
      .where({ provider: project.provider, project_id: project.projectId })
      .update({
        requested_generation: this.knex.raw('requested_generation + 1'),
        due_at: this.knex.raw(dueAtOnce(TRACKED_ENTITIES)),
      });
  }

  #where({ entityRef, provider }: EntityKey) {
    return this.knex<DbTrackedEntityRow>(TRACKED_ENTITIES).where({
      entity_ref: entityRef,
      provider,
    });
  }

  #outcomeColumns(outcome: ReconcileOutcome) {
    return outcome.succeeded
      ? {
          last_success_at: this.knex.fn.now(),
          last_error: null,
          failure_count: 0,
        }
      : {
          last_error: outcome.error,
          failure_count: this.knex.raw('failure_count + 1'),
        };
  }
}

/** Leaves the time of a claimed row alone: it is the end of the lease. */
function dueAtOnce(table: string): string {
  return `case when ${table}.lease_id is null
               then least(${table}.due_at, now())
               else ${table}.due_at end`;
}

function* chunks<T>(items: T[]): Iterable<T[]> {
  for (let start = 0; start < items.length; start += ROWS_PER_STATEMENT) {
    yield items.slice(start, start + ROWS_PER_STATEMENT);
  }
}

function toTrackedEntity(row: DbTrackedEntityRow): TrackedEntity {
  return {
    entityRef: row.entity_ref,
    provider: row.provider,
    etag: row.entity_etag ?? undefined,
    project: row.project_id
      ? {
          provider: row.provider,
          projectId: row.project_id,
          teamId: row.team_id ?? undefined,
        }
      : undefined,
    lastSuccessAt: row.last_success_at ?? undefined,
    lastError: row.last_error ?? undefined,
    failures: row.failure_count,
  };
}
