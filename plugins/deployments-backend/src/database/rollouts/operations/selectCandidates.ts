import type { Knex } from 'knex';
import { DEPLOYMENTS, ENVIRONMENTS } from '../../tables';
import type { RolloutCandidate } from '../RolloutStore';
import { ROLLOUTS } from '../tables';

/**
 * Finds production deployments that wait for traffic: the newest ready one of
 * each entity, when it is newer than what is live, was never live itself, and
 * never had a rollout.
 */
export async function selectCandidates(
  knex: Knex,
  { limit }: { limit: number },
): Promise<RolloutCandidate[]> {
  const { rows } = await knex.raw<{
    rows: { entity_ref: string; id: string }[];
  }>(
    `select entity_ref, id from (
       select distinct on (d.entity_ref) d.*
       from ${DEPLOYMENTS} d
       where d.environment = 'production' and d.state = 'ready'
       order by d.entity_ref, d.created_at desc, d.id desc
     ) newest
     where not newest.live
       and newest.live_since is null
       and not exists (
         select 1 from ${ENVIRONMENTS} e
         join ${DEPLOYMENTS} served
           on served.entity_ref = e.entity_ref
          and served.id = e.live_deployment_id
         where e.entity_ref = newest.entity_ref
           and e.environment = 'production'
           and served.created_at >= newest.created_at)
       and not exists (
         select 1 from ${ROLLOUTS} r where r.deployment_id = newest.id)
     order by newest.created_at
     limit ?`,
    [limit],
  );
  return rows.map(row => ({ entityRef: row.entity_ref, deploymentId: row.id }));
}
