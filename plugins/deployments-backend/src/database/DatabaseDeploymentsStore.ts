import type { DeploymentState } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import {
  toDeployment,
  toHeldDeployment,
  type DbDeploymentRowWithAliases,
} from './deploymentRows';
import type {
  DeploymentChange,
  DeploymentsPosition,
  DeploymentsStore,
  HeldDeployment,
  HeldEnvironment,
  ProjectObservation,
} from './DeploymentsStore';
import { mergeDeployments } from './operations/mergeDeployments';
import { mergeEnvironments } from './operations/mergeEnvironments';
import { lastRolloutJoin } from './rollouts/lastRolloutJoin';
import { DEPLOYMENT_REQUESTS } from './rollouts/tables';
import {
  DELIVERY_DEPLOYMENTS,
  DEPLOYMENTS,
  ENVIRONMENTS,
  LIVE_DEPLOYMENTS,
  type DbEnvironmentRow,
} from './tables';

/**
 * Keeps the projection in PostgreSQL.
 */
export class DatabaseDeploymentsStore implements DeploymentsStore {
  constructor(private readonly knex: Knex) {}

  async applyObservation(
    observation: ProjectObservation,
  ): Promise<DeploymentChange[]> {
    return this.knex.transaction(async tx => {
      await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
        `deployments ${observation.entityRef}`,
      ]);
      const changes = await mergeDeployments(tx, observation);
      const touchedIds = await mergeEnvironments(tx, observation);
      const previousStates = new Map(
        changes.map(({ before, after }) => [after.id, before?.state]),
      );
      for (const id of touchedIds) {
        if (!previousStates.has(id)) previousStates.set(id, undefined);
      }
      const rows: DbDeploymentRowWithAliases[] = await select(tx)
        .where({ 'd.entity_ref': observation.entityRef })
        .whereIn('d.id', [...previousStates.keys()])
        .orderBy('d.created_at');
      const changedIds = new Set(changes.map(({ after }) => after.id));
      return rows.map(row => ({
        deployment: toDeployment(row),
        previousState: changedIds.has(row.id)
          ? previousStates.get(row.id)
          : row.state,
      }));
    });
  }

  async list(options: {
    entityRef: string;
    environment?: string;
    states?: DeploymentState[];
    after?: DeploymentsPosition;
    limit: number;
  }): Promise<HeldDeployment[]> {
    const { entityRef, environment, states, after, limit } = options;
    const query = select(this.knex)
      .where({ 'd.entity_ref': entityRef })
      .orderBy([
        { column: 'd.created_at', order: 'desc' },
        { column: 'd.id', order: 'desc' },
      ])
      .limit(limit);
    if (environment) query.where({ 'd.environment': environment });
    if (states?.length) query.whereIn('d.state', states);
    if (after) {
      query.whereRaw('(d.created_at, d.id) < (?, ?)', [
        after.createdAt,
        after.id,
      ]);
    }
    return toHeld(await query);
  }

  async listById(id: string): Promise<HeldDeployment[]> {
    return toHeld(
      await select(this.knex).where({ 'd.id': id }).orderBy('d.entity_ref'),
    );
  }

  async listPushers({
    entityRef,
    commitSha,
  }: {
    entityRef: string;
    commitSha: string;
  }): Promise<string[]> {
    const { rows } = await this.knex.raw<{ rows: { creator: string }[] }>(
      `select distinct d.creator from ${DEPLOYMENTS} d
       where d.entity_ref = ? and d.commit_sha = ? and d.creator is not null
         and not exists (
           select 1 from ${DEPLOYMENT_REQUESTS} asked
           where asked.deployment_id = d.id and asked.confirmed)
         and not exists (
           select 1 from ${DELIVERY_DEPLOYMENTS} led
           where led.deployment_id = d.id)`,
      [entityRef, commitSha],
    );
    return rows.map(({ creator }) => creator);
  }

  async listLatest(entityRef: string): Promise<HeldDeployment[]> {
    return toHeld(
      await select(this.knex)
        .distinctOn('d.environment')
        .where({ 'd.entity_ref': entityRef })
        .orderBy([
          { column: 'd.environment' },
          { column: 'd.created_at', order: 'desc' },
          { column: 'd.id', order: 'desc' },
        ]),
    );
  }

  async listLive(entityRef: string): Promise<HeldDeployment[]> {
    return toHeld(
      await select(this.knex)
        .join({ live: ENVIRONMENTS }, join =>
          join
            .on('live.entity_ref', 'd.entity_ref')
            .andOn('live.live_deployment_id', 'd.id'),
        )
        .where({ 'd.entity_ref': entityRef }),
    );
  }

  async findPreviouslyLive(request: {
    entityRef: string;
    environment: string;
  }): Promise<HeldDeployment | undefined> {
    const [found] = toHeld(
      await select(this.knex)
        .join({ past: LIVE_DEPLOYMENTS }, join =>
          join
            .on('past.entity_ref', 'd.entity_ref')
            .andOn('past.deployment_id', 'd.id'),
        )
        .where({
          'past.entity_ref': request.entityRef,
          'past.environment': request.environment,
          'd.environment': request.environment,
          'd.state': 'ready',
          'd.live': false,
        })
        .whereRaw(
          `d.created_at < coalesce((select max(now.created_at) from ?? as now
            where now.entity_ref = d.entity_ref
              and now.environment = d.environment and now.live), 'infinity')`,
          [DEPLOYMENTS],
        )
        .orderBy([
          { column: 'past.from_at', order: 'desc' },
          { column: 'past.id', order: 'desc' },
        ])
        .limit(1),
    );
    return found;
  }

  async findFirstSeen({
    entityRef,
    deploymentId,
  }: {
    entityRef: string;
    deploymentId: string;
  }): Promise<Date | undefined> {
    const row = await this.knex(DEPLOYMENTS)
      .where({ entity_ref: entityRef, id: deploymentId })
      .first<{ first_seen_at: Date } | undefined>('first_seen_at');
    return row?.first_seen_at;
  }

  async listEnvironments(entityRef: string): Promise<HeldEnvironment[]> {
    const rows = await this.knex<DbEnvironmentRow>(ENVIRONMENTS)
      .where({ entity_ref: entityRef })
      .orderBy('environment');
    return rows.map(row => ({
      environment: row.environment,
      liveDeploymentId: row.live_deployment_id ?? undefined,
      aliases: row.aliases,
      pinned: row.pinned ?? undefined,
    }));
  }

  async listUnfinished(options: {
    entityRef: string;
    provider: string;
  }): Promise<HeldDeployment[]> {
    return toHeld(
      await select(this.knex)
        .where({
          'd.entity_ref': options.entityRef,
          'd.provider': options.provider,
        })
        .whereRaw("d.state in ('queued', 'building')")
        .orderBy('d.created_at', 'desc'),
    );
  }

  async listHeldSince(options: {
    entityRef: string;
    provider: string;
    createdSince: Date;
    observedBefore: Date;
    exceptExternalIds: string[];
    limit: number;
  }): Promise<HeldDeployment[]> {
    return toHeld(
      await select(this.knex)
        .where({
          'd.entity_ref': options.entityRef,
          'd.provider': options.provider,
        })
        .whereNot({ 'd.state': 'deleted' })
        .whereNotIn('d.external_id', options.exceptExternalIds)
        .where('d.created_at', '>=', options.createdSince)
        .where('d.observed_at', '<', options.observedBefore)
        .orderBy('d.observed_at')
        .limit(options.limit),
    );
  }
}

function select(knex: Knex) {
  return knex({ d: DEPLOYMENTS })
    .leftJoin({ e: ENVIRONMENTS }, join =>
      join
        .on('e.entity_ref', 'd.entity_ref')
        .andOn('e.environment', 'd.environment'),
    )
    .joinRaw(lastRolloutJoin)
    .select<DbDeploymentRowWithAliases[]>(
      'd.*',
      'e.aliases',
      'last.last_rollout',
    );
}

function toHeld(rows: DbDeploymentRowWithAliases[]): HeldDeployment[] {
  return rows.map(toHeldDeployment);
}
