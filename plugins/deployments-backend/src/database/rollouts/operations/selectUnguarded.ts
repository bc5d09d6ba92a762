import type { Knex } from 'knex';
import { DEPLOYMENTS, LIVE_DEPLOYMENTS, TRACKED_ENTITIES } from '../../tables';
import type { UnguardedDeployment } from '../RolloutStore';
import { ROLLOUTS, STAGED_PROJECTS } from '../tables';

/**
 * Staging follows a plan within this time: what went live in it did so under
 * the plan, too.
 */
const ALIGNED_WITHIN_SECONDS = 5;

/**
 * Finds what production serves without ever having had a rollout, where it went
 * live in the last day, after a plan asked for one, and took over from an older
 * version.
 */
export async function selectUnguarded(
  knex: Knex,
  { limit }: { limit: number },
): Promise<UnguardedDeployment[]> {
  const { rows } = await knex.raw<{
    rows: { entity_ref: string; id: string; was_staged: boolean }[];
  }>(
    `with recent as materialized (
       select * from ${DEPLOYMENTS} d
       where d.live and d.environment = 'production'
         and d.live_since > now() - interval '1 day'
         and not exists (
           select 1 from ${ROLLOUTS} r where r.deployment_id = d.id)
     )
     select d.entity_ref, d.id,
       coalesce(s.set_at <= d.created_at, false) as was_staged
     from recent d
     join ${STAGED_PROJECTS} s
       on s.provider = d.provider and s.project_id = d.project_id
     join ${TRACKED_ENTITIES} t
       on t.entity_ref = d.entity_ref
      and t.provider = d.provider and t.project_id = d.project_id
     join lateral (
       select served.created_at from ${LIVE_DEPLOYMENTS} past
       join ${DEPLOYMENTS} served
         on served.entity_ref = past.entity_ref
        and served.id = past.deployment_id
       where past.entity_ref = d.entity_ref
         and past.environment = 'production'
         and past.to_at is not null
       order by past.from_at desc
       limit 1
     ) before on true
     where d.live_since >= s.asked_at - ? * interval '1 second'
       and before.created_at < d.created_at
     order by d.live_since
     limit ?`,
    [ALIGNED_WITHIN_SECONDS, limit],
  );
  return rows.map(row => ({
    entityRef: row.entity_ref,
    deploymentId: row.id,
    wasStaged: row.was_staged,
  }));
}
