import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import { toJson, toRolloutRecord } from '../rolloutRows';
import type { NewRollout, RolloutRecord } from '../RolloutStore';
import { ROLLOUTS, type DbRolloutRow } from '../tables';
import { insertTransition } from './insertEvidence';

/**
 * Inserts a queued rollout with its first transition, or gives the one of the
 * deployment that has not ended.
 */
export async function insertRollout(
  knex: Knex,
  rollout: NewRollout,
  comment?: string,
): Promise<RolloutRecord> {
  return knex.transaction(async tx => {
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

function toNewRow(rollout: NewRollout) {
  return {
    entity_ref: rollout.entityRef,
    environment: rollout.environment,
    provider: rollout.project.provider,
    project_id: rollout.project.projectId,
    team_id: rollout.project.teamId ?? null,
    deployment_id: rollout.deploymentId,
    deployment_created_at: new Date(rollout.deploymentCreatedAt),
    commit: toJson(rollout.commit) as unknown as undefined,
    plan: toJson(rollout.plan) as unknown as undefined,
    by_person: rollout.byPerson,
    state: 'queued' as const,
    reason: rollout.reason,
    gates: '[]' as unknown as [],
    progress: '{}' as unknown as object,
    created_by: rollout.createdBy,
  };
}
