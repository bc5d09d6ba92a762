import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Rollout,
  RolloutPoint,
  RolloutTransition,
} from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import {
  isFinalRolloutState,
  thinPoints,
  toChangedColumns,
  toPoint,
  toRollout,
  toRolloutRecord,
  toTransition,
} from './rolloutRows';
import type {
  ClaimedRollout,
  NewRollout,
  NewTransition,
  RolloutCandidate,
  RolloutChange,
  RolloutRecord,
  RolloutStore,
  RolloutsPosition,
  TakenBackRolloutRecord,
} from './RolloutStore';
import {
  DEPLOYMENT_REQUESTS,
  ROLLOUTS,
  ROLLOUT_POINTS,
  ROLLOUT_TRANSITIONS,
  STAGED_PROJECTS,
  type DbRolloutPointRow,
  type DbRolloutRow,
  type DbRolloutTransitionRow,
} from './tables';
import { insertPoint, insertTransition, toNewRow } from './rolloutInserts';
import { selectCandidates } from './selectCandidates';
import { selectTakenBack } from './selectTakenBack';

/** Points of a chart at most. */
const POINTS_LIMIT = 500;
/** PostgreSQL's code for a value that a unique index has already. */
const UNIQUE_VIOLATION = '23505';

type Scope = { provider: string; projectId: string; environment: string };

/**
 * Keeps rollouts in PostgreSQL, with leases for several replicas.
 *
 * A write names the revision it was decided on: of two that were decided on
 * the same facts the second one changes nothing and is decided anew.
 */
export class DatabaseRolloutStore implements RolloutStore {
  constructor(private readonly knex: Knex) {}

  async now(): Promise<Date> {
    const { rows } = await this.knex.raw<{ rows: { now: Date }[] }>(
      'select clock_timestamp() as now',
    );
    return rows[0].now;
  }

  async insert(rollout: NewRollout, comment?: string): Promise<RolloutRecord> {
    return this.knex.transaction(async tx => {
      const [row] = await tx<DbRolloutRow>(ROLLOUTS)
        .insert(toNewRow(rollout))
        .onConflict(tx.raw('(deployment_id) where ended_at is null'))
        .ignore()
        .returning('*');
      if (!row) {
        const there = await tx<DbRolloutRow>(ROLLOUTS)
          .where({ deployment_id: rollout.deploymentId })
          .whereNull('ended_at')
          .first();
        if (there) return toRolloutRecord(there);
        throw new ConflictError(
          `The rollout of '${rollout.deploymentId}' ended just now. Start it again.`,
        );
      }
      await insertTransition(tx, row.id, undefined, {
        to: 'queued',
        percent: 0,
        actor: rollout.createdBy,
        reason: rollout.reason,
        comment,
      });
      return toRolloutRecord(row);
    });
  }

  async get(id: string): Promise<RolloutRecord> {
    const row = await this.knex<DbRolloutRow>(ROLLOUTS).where({ id }).first();
    if (!row) {
      throw new NotFoundError(
        `Rollout '${id}' does not exist. List the rollouts of the entity to see those that do.`,
      );
    }
    return toRolloutRecord(row);
  }

  async findRollout(id: string): Promise<Rollout | undefined> {
    const row = await this.knex<DbRolloutRow>(ROLLOUTS).where({ id }).first();
    return row && toRollout(toRolloutRecord(row));
  }

  async list(options: {
    entityRef: string;
    environment?: string;
    active?: boolean;
    after?: RolloutsPosition;
    limit: number;
  }): Promise<RolloutRecord[]> {
    const { entityRef, environment, active, after, limit } = options;
    const query = this.knex<DbRolloutRow>(ROLLOUTS)
      .where({ entity_ref: entityRef })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit);
    if (environment) query.where({ environment });
    if (active) query.whereNull('ended_at');
    if (after) {
      query.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [
        after.createdAt,
        after.id,
      ]);
    }
    return (await query).map(toRolloutRecord);
  }

  async listActive(scope: Scope): Promise<RolloutRecord[]> {
    const rows = await this.#inScope(scope)
      .whereNull('ended_at')
      .orderBy('created_at');
    return rows.map(toRolloutRecord);
  }

  async findLastEnded(scope: Scope): Promise<RolloutRecord | undefined> {
    const row = await this.#inScope(scope)
      .whereNotNull('ended_at')
      .orderBy('ended_at', 'desc')
      .first();
    return row && toRolloutRecord(row);
  }

  async listTransitions(id: string): Promise<RolloutTransition[]> {
    const rows = await this.knex<DbRolloutTransitionRow>(ROLLOUT_TRANSITIONS)
      .where({ rollout_id: id })
      .orderBy('id');
    return rows.map(toTransition);
  }

  async listPoints(id: string): Promise<RolloutPoint[]> {
    const rows = await this.knex<DbRolloutPointRow>(ROLLOUT_POINTS)
      .where({ rollout_id: id })
      .orderBy('id');
    return thinPoints(rows.map(toPoint), POINTS_LIMIT);
  }

  async update(
    rollout: RolloutRecord,
    write: {
      change: RolloutChange;
      transition?: NewTransition;
      point?: RolloutPoint;
      leaseId?: string;
    },
  ): Promise<RolloutRecord | undefined> {
    const { change, transition, point, leaseId } = write;
    const isFinal = change.state && isFinalRolloutState(change.state);
    try {
      return await this.knex.transaction(async tx => {
        const query = tx<DbRolloutRow>(ROLLOUTS)
          .where({ id: rollout.id, revision: rollout.revision })
          .whereNull('ended_at');
        if (leaseId) query.where({ lease_id: leaseId });
        const [row] = await query
          .update({
            ...toChangedColumns(change),
            ...(isFinal && { ended_at: tx.raw('clock_timestamp()') }),
            revision: tx.raw('revision + 1'),
          })
          .returning('*');
        if (!row) return undefined;
        if (transition) {
          await insertTransition(tx, row.id, rollout.state, transition);
        }
        if (point) await insertPoint(tx, row.id, point);
        return toRolloutRecord(row);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      throw new ConflictError(
        `Rollout '${rollout.id}' cannot begin: another one is under way in ${rollout.environment} of '${rollout.entityRef}'. It begins when that one has ended.`,
      );
    }
  }

  async claimDue(options: {
    limit: number;
    leaseSeconds: number;
  }): Promise<ClaimedRollout[]> {
    const { rows } = await this.knex.raw<{ rows: DbRolloutRow[] }>(
      `with due as (
         select id from ${ROLLOUTS}
         where ended_at is null and due_at <= now()
         order by due_at
         limit ?
         for update skip locked
       )
       update ${ROLLOUTS} as claimed
       set lease_id = gen_random_uuid(),
           due_at = now() + ? * interval '1 second',
           claimed_generation = requested_generation
       from due
       where claimed.id = due.id
       returning claimed.*`,
      [options.limit, options.leaseSeconds],
    );
    return rows.map(row => ({
      rollout: toRolloutRecord(row),
      leaseId: row.lease_id!,
    }));
  }

  async renew(
    leaseId: string,
    options: { leaseSeconds: number },
  ): Promise<void> {
    await this.knex<DbRolloutRow>(ROLLOUTS)
      .where({ lease_id: leaseId })
      .update({
        due_at: this.knex.raw("now() + ? * interval '1 second'", [
          options.leaseSeconds,
        ]),
      });
  }

  async complete(
    leaseId: string,
    outcome: { succeeded: boolean; nextInSeconds: number },
  ): Promise<boolean> {
    const completed = await this.knex<DbRolloutRow>(ROLLOUTS)
      .where({ lease_id: leaseId })
      .update({
        lease_id: null,
        due_at: this.knex.raw(
          `case when requested_generation > claimed_generation then now()
                else now() + ? * interval '1 second' end`,
          [outcome.nextInSeconds],
        ),
        failure_count: outcome.succeeded
          ? 0
          : this.knex.raw('failure_count + 1'),
      });
    return completed > 0;
  }

  async requestStep(id: string): Promise<void> {
    await this.knex<DbRolloutRow>(ROLLOUTS)
      .where({ id })
      .whereNull('ended_at')
      .update({
        requested_generation: this.knex.raw('requested_generation + 1'),
        due_at: this.knex.raw(
          'case when lease_id is null then least(due_at, now()) else due_at end',
        ),
      });
  }

  async listCandidates(options: {
    limit: number;
  }): Promise<RolloutCandidate[]> {
    return selectCandidates(this.knex, options);
  }

  async listTakenBack(entityRefs: string[]): Promise<TakenBackRolloutRecord[]> {
    return selectTakenBack(this.knex, entityRefs);
  }

  async findLastOfDeployment(deploymentId: string) {
    const row = await this.knex<DbRolloutRow>(ROLLOUTS)
      .where({ deployment_id: deploymentId })
      .orderBy('created_at', 'desc')
      .first();
    return row && { state: row.state, endedAt: row.ended_at ?? undefined };
  }

  async noteAsker(asked: {
    deploymentId: string;
    actor: string;
  }): Promise<void> {
    await this.knex(DEPLOYMENT_REQUESTS)
      .insert({ deployment_id: asked.deploymentId, asked_by: asked.actor })
      .onConflict('deployment_id')
      .ignore();
  }

  async findAsker(deploymentId: string): Promise<string | undefined> {
    const row = await this.knex(DEPLOYMENT_REQUESTS)
      .where({ deployment_id: deploymentId })
      .first('asked_by');
    return row?.asked_by;
  }

  async findStaging(
    project: ProjectRef,
  ): Promise<{ told: boolean } | undefined> {
    const row = await this.#staged(project).first('set_at');
    return row && { told: row.set_at !== null };
  }

  async putStaging(
    project: ProjectRef,
    { told }: { told: boolean },
  ): Promise<void> {
    await this.knex(STAGED_PROJECTS)
      .insert({
        provider: project.provider,
        project_id: project.projectId,
        set_at: told ? this.knex.fn.now() : null,
      })
      .onConflict(['provider', 'project_id'])
      .merge();
  }

  async deleteStaging(project: ProjectRef): Promise<void> {
    await this.#staged(project).delete();
  }

  #staged({ provider, projectId }: ProjectRef) {
    return this.knex(STAGED_PROJECTS).where({
      provider,
      project_id: projectId,
    });
  }

  #inScope({ provider, projectId, environment }: Scope) {
    return this.knex<DbRolloutRow>(ROLLOUTS).where({
      provider,
      project_id: projectId,
      environment,
    });
  }
}
