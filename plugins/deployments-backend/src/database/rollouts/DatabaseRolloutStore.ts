import { NotFoundError } from '@backstage/errors';
import { databaseTime } from '@forkyard/backend-kit';
import type {
  Rollout,
  RolloutPoint,
  RolloutTransition,
} from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { claimDueRollouts } from './operations/claimDueRollouts';
import { completeClaim } from './operations/completeClaim';
import { insertRollout } from './operations/insertRollout';
import { selectCandidates } from './operations/selectCandidates';
import { selectTakenBack } from './operations/selectTakenBack';
import { selectUnguarded } from './operations/selectUnguarded';
import { thinEndedPoints } from './operations/thinEndedPoints';
import { updateRollout } from './operations/updateRollout';
import {
  thinPoints,
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
  UnguardedDeployment,
} from './RolloutStore';
import {
  DEPLOYMENT_REQUESTS,
  ROLLOUTS,
  ROLLOUT_POINTS,
  ROLLOUT_TRANSITIONS,
  type DbRolloutPointRow,
  type DbRolloutRow,
  type DbRolloutTransitionRow,
} from './tables';

/** Points of a chart at most. */
const POINTS_LIMIT = 500;

type Scope = { provider: string; projectId: string; environment: string };

/**
 * Keeps rollouts in PostgreSQL, with leases for several replicas.
 *
 * A write names the revision it was decided on: of two that were decided on
 * the same facts the second one changes nothing and is decided anew.
 */
export class DatabaseRolloutStore implements RolloutStore {
  constructor(private readonly knex: Knex) {}

  now(): Promise<Date> {
    return databaseTime(this.knex);
  }

  async insert(rollout: NewRollout, comment?: string): Promise<RolloutRecord> {
    return insertRollout(this.knex, rollout, comment);
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
      .orderBy(['at', 'id']);
    return rows.map(toTransition);
  }

  async listPoints(id: string): Promise<RolloutPoint[]> {
    const rows = await this.knex<DbRolloutPointRow>(ROLLOUT_POINTS)
      .where({ rollout_id: id })
      .orderBy('id');
    return thinPoints(rows.map(toPoint), POINTS_LIMIT);
  }

  async thinEndedPoints(options: {
    afterDays: number;
    limit: number;
  }): Promise<number> {
    return thinEndedPoints(this.knex, options);
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
    return updateRollout(this.knex, rollout, write);
  }

  async claimDue(options: {
    limit: number;
    leaseSeconds: number;
    id?: string;
  }): Promise<ClaimedRollout[]> {
    return claimDueRollouts(this.knex, options);
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
    return completeClaim(this.knex, leaseId, outcome);
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

  async listUnguarded(options: {
    limit: number;
  }): Promise<UnguardedDeployment[]> {
    return selectUnguarded(this.knex, options);
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

  async findAsker(deploymentId: string): Promise<string | undefined> {
    const row = await this.knex(DEPLOYMENT_REQUESTS)
      .where({ deployment_id: deploymentId })
      .first('asked_by');
    return row?.asked_by;
  }

  #inScope({ provider, projectId, environment }: Scope) {
    return this.knex<DbRolloutRow>(ROLLOUTS).where({
      provider,
      project_id: projectId,
      environment,
    });
  }
}
