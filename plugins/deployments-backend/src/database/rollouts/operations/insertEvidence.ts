import type { RolloutPoint } from '@forkyard/plugin-deployments-common';
import type { Knex } from 'knex';
import { toJson } from '../rolloutRows';
import type { NewTransition, RolloutRecord } from '../RolloutStore';
import { ROLLOUT_POINTS, ROLLOUT_TRANSITIONS } from '../tables';

/** Inserts one change of a rollout, in the transaction that makes it. */
export async function insertTransition(
  tx: Knex.Transaction,
  rolloutId: string,
  from: RolloutRecord['state'] | undefined,
  transition: NewTransition,
): Promise<void> {
  await tx(ROLLOUT_TRANSITIONS).insert({
    rollout_id: rolloutId,
    ...(transition.at && { at: transition.at }),
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

/** Inserts what both versions served since the point before. */
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
