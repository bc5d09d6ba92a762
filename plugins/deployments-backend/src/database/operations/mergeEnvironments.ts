import { estimateLiveSince } from '@forkyard/plugin-deployments-common';
import type { ProviderEnvironment } from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import type { ProjectObservation } from '../DeploymentsStore';
import {
  DEPLOYMENTS,
  ENVIRONMENTS,
  LIVE_DEPLOYMENTS,
  type DbDeploymentRow,
  type DbEnvironmentRow,
} from '../tables';

/**
 * Merges what environments serve and gives the ids of the deployments that
 * went live or ceased to be. Assumes that the caller holds the lock of the
 * entity and has merged its deployments.
 *
 * An answer older than what is held is ignored. An environment for which the
 * answer names nothing live keeps what it has until that is deleted.
 */
export async function mergeEnvironments(
  tx: Knex.Transaction,
  observation: ProjectObservation,
): Promise<string[]> {
  const { entityRef, askedAt } = observation;
  const rows = await tx<DbEnvironmentRow>(ENVIRONMENTS).where({
    entity_ref: entityRef,
  });
  const held = new Map(rows.map(row => [row.environment, row]));
  const touched: string[] = [];
  for (const told of observation.environments) {
    const before = held.get(told.environment);
    if (before && before.observed_at > askedAt) continue;
    touched.push(...(await mergeEnvironment(tx, observation, told, before)));
  }
  touched.push(...(await endDeleted(tx, entityRef, askedAt)));
  return touched;
}

async function mergeEnvironment(
  tx: Knex.Transaction,
  observation: ProjectObservation,
  told: ProviderEnvironment,
  before: DbEnvironmentRow | undefined,
): Promise<string[]> {
  const { entityRef, askedAt, project } = observation;
  const toldId =
    told.liveExternalId && `${project.provider}:${told.liveExternalId}`;
  const deployment =
    toldId &&
    (await tx<DbDeploymentRow>(DEPLOYMENTS)
      .where({ entity_ref: entityRef, id: toldId })
      .whereNot({ state: 'deleted' })
      .first());
  const heldId = before?.live_deployment_id ?? null;
  await tx<DbEnvironmentRow>(ENVIRONMENTS)
    .insert({
      entity_ref: entityRef,
      environment: told.environment,
      live_deployment_id: deployment ? deployment.id : heldId,
      aliases: tx.raw('?::jsonb', [
        JSON.stringify(
          told.aliases.length > 0 ? told.aliases : (before?.aliases ?? []),
        ),
      ]) as unknown as string[],
      pinned: toPinned(told) as unknown as undefined,
      observed_at: askedAt,
    })
    .onConflict(['entity_ref', 'environment'])
    .merge();
  if (!deployment || deployment.id === heldId) return [];

  const liveSince = estimateLiveSince({
    askedAt,
    lastAskedAt: before?.observed_at,
    readyAt: deployment.ready_at ?? undefined,
    createdAt: deployment.created_at,
  });
  const ended = await endLive(tx, {
    entityRef,
    environment: told.environment,
    at: liveSince,
  });
  await tx(LIVE_DEPLOYMENTS).insert({
    entity_ref: entityRef,
    environment: told.environment,
    deployment_id: deployment.id,
    from_at: liveSince,
  });
  await tx<DbDeploymentRow>(DEPLOYMENTS)
    .where({ entity_ref: entityRef, id: deployment.id })
    .update({ live: true, live_since: liveSince });
  return [...ended, deployment.id];
}

function toPinned({ pinned }: ProviderEnvironment): string | null {
  if (!pinned) return null;
  const { since, description } = pinned;
  return JSON.stringify({ since: since?.toISOString(), description });
}

async function endLive(
  tx: Knex.Transaction,
  options: { entityRef: string; environment: string; at: Date },
): Promise<string[]> {
  const ended: { deployment_id: string }[] = await tx(LIVE_DEPLOYMENTS)
    .where({
      entity_ref: options.entityRef,
      environment: options.environment,
    })
    .whereNull('to_at')
    .update({ to_at: tx.raw('greatest(from_at, ?)', [options.at]) })
    .returning('deployment_id');
  const ids = ended.map(row => row.deployment_id);
  await tx<DbDeploymentRow>(DEPLOYMENTS)
    .where({ entity_ref: options.entityRef })
    .whereIn('id', ids)
    .update({ live: false });
  return ids;
}

/** A deleted deployment serves nothing, whatever the environment last told. */
async function endDeleted(
  tx: Knex.Transaction,
  entityRef: string,
  askedAt: Date,
): Promise<string[]> {
  const rows = await tx<DbDeploymentRow>(DEPLOYMENTS).where({
    entity_ref: entityRef,
    live: true,
    state: 'deleted',
  });
  for (const { environment, id } of rows) {
    await endLive(tx, { entityRef, environment, at: askedAt });
    await tx<DbEnvironmentRow>(ENVIRONMENTS)
      .where({ entity_ref: entityRef, live_deployment_id: id })
      .update({ live_deployment_id: null });
  }
  return rows.map(row => row.id);
}
