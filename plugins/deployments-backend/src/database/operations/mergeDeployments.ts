import { supersedes } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { differs, overlay, toRow } from '../deploymentRows';
import type { ProjectObservation } from '../DeploymentsStore';
import { DEPLOYMENTS, type DbDeploymentRow } from '../tables';
import { matchBuildRequests } from './matchBuildRequests';

/**
 * How old `observed_at` may grow while nothing changes. Writing it at every
 * look would rewrite the whole projection every reconcile interval.
 */
const OBSERVED_RESOLUTION_MS = 5 * 60_000;

/** A row before and after an observation. */
export interface RowChange {
  before?: DbDeploymentRow;
  after: DbDeploymentRow;
}

/**
 * Merges told and gone deployments into the projection and gives those that
 * changed. Assumes that the caller holds the lock of the entity.
 */
export async function mergeDeployments(
  tx: Knex.Transaction,
  observation: ProjectObservation,
): Promise<RowChange[]> {
  const told = observation.deployments.map(deployment =>
    toRow({ ...observation, told: deployment }),
  );
  const goneIds = (observation.goneExternalIds ?? []).map(
    externalId => `${observation.project.provider}:${externalId}`,
  );
  const held = await readHeld(tx, observation.entityRef, [
    ...told.map(row => row.id),
    ...goneIds,
  ]);
  const changes: RowChange[] = [];
  const writes = new Map<string, DbDeploymentRow>();
  for (const row of told) {
    const before = held.get(row.id);
    const after = merge(before, row);
    if (!after) continue;
    writes.set(row.id, after);
    if (!before || differs(before, after)) changes.push({ before, after });
  }
  for (const id of goneIds) {
    const before = held.get(id);
    const after = before && markDeleted(before, observation.askedAt);
    if (!after) continue;
    writes.set(id, after);
    changes.push({ before, after });
  }
  await write(tx, [...writes.values()]);
  await matchBuildRequests(tx, {
    entityRef: observation.entityRef,
    ids: changes.flatMap(({ before, after }) => (before ? [] : [after.id])),
  });
  return changes;
}

async function readHeld(
  tx: Knex.Transaction,
  entityRef: string,
  ids: string[],
): Promise<Map<string, DbDeploymentRow>> {
  const rows = await tx<DbDeploymentRow>(DEPLOYMENTS)
    .where({ entity_ref: entityRef })
    .whereIn('id', ids);
  return new Map(rows.map(row => [row.id, row]));
}

/** Gives the row to write, or undefined when nothing needs to be written. */
function merge(
  held: DbDeploymentRow | undefined,
  told: DbDeploymentRow,
): DbDeploymentRow | undefined {
  if (!held) return told;
  const mayReplace = supersedes(
    { state: told.state, askedAt: told.observed_at },
    { state: held.state, askedAt: held.observed_at },
  );
  if (!mayReplace) return undefined;
  const merged = overlay(held, told);
  const isOutdated =
    told.observed_at.getTime() - held.observed_at.getTime() >
    OBSERVED_RESOLUTION_MS;
  if (!differs(held, merged) && !isOutdated) return undefined;
  if (held.observed_at > told.observed_at) {
    merged.observed_at = held.observed_at;
  }
  return merged;
}

function markDeleted(
  held: DbDeploymentRow,
  askedAt: Date,
): DbDeploymentRow | undefined {
  const isNews =
    held.state !== 'deleted' &&
    supersedes(
      { state: 'deleted', askedAt },
      { state: held.state, askedAt: held.observed_at },
    );
  return isNews
    ? { ...held, state: 'deleted', observed_at: askedAt }
    : undefined;
}

async function write(
  tx: Knex.Transaction,
  rows: DbDeploymentRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx<DbDeploymentRow>(DEPLOYMENTS)
    .insert(rows)
    .onConflict(['entity_ref', 'id'])
    .merge();
}
