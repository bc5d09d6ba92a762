import type { Knex } from 'knex';
import type { TakenBackRolloutRecord } from '../RolloutStore';
import { ROLLOUTS, type DbRolloutRow } from '../tables';

type Row = DbRolloutRow & { ended_at: Date; traffic_from: Date };

/** Finds production rollouts whose version had traffic and lost it again. */
export async function selectTakenBack(
  knex: Knex,
  entityRefs: string[],
): Promise<TakenBackRolloutRecord[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select *, (progress->>'trafficSince')::timestamptz as traffic_from
     from ${ROLLOUTS}
     where entity_ref = any(?)
       and environment = 'production'
       and state in ('aborted', 'rolled-back')
       and ended_at is not null
       and progress->>'trafficSince' is not null
     order by ended_at`,
    [entityRefs],
  );
  return rows.map(row => ({
    id: row.id,
    entityRef: row.entity_ref,
    deploymentId: row.deployment_id,
    kind: row.state as TakenBackRolloutRecord['kind'],
    trafficFrom: row.traffic_from,
    trafficBackAt: row.ended_at,
    stableDeploymentId: row.stable_deployment_id ?? undefined,
  }));
}
