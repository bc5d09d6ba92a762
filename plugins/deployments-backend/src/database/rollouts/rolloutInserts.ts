import type { RolloutPoint } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { toJson } from './rolloutRows';
import type { NewRollout, NewTransition, RolloutRecord } from './RolloutStore';
import { ROLLOUT_POINTS, ROLLOUT_TRANSITIONS } from './tables';

/** Converts a new rollout to a queued row. */
export function toNewRow(rollout: NewRollout) {
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

export async function insertTransition(
  tx: Knex.Transaction,
  rolloutId: string,
  from: RolloutRecord['state'] | undefined,
  transition: NewTransition,
): Promise<void> {
  await tx(ROLLOUT_TRANSITIONS).insert({
    rollout_id: rolloutId,
    from_state: from ?? null,
    to_state: transition.to,
    percent: transition.percent,
    actor: transition.actor,
    reason: transition.reason,
    comment: transition.comment ?? null,
    verdict: toJson(transition.verdict),
    gates: toJson(transition.gates),
  });
}

export async function insertPoint(
  tx: Knex.Transaction,
  rolloutId: string,
  point: RolloutPoint,
): Promise<void> {
  await tx(ROLLOUT_POINTS).insert({
    rollout_id: rolloutId,
    at: point.at,
    percent: point.percent,
    canary: toJson(point.canary),
    stable: toJson(point.stable),
    harm_progress: point.harmProgress,
    good_progress: point.goodProgress,
  });
}
