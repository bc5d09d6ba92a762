import type { Knex } from 'knex';
import { BUILD_REQUESTS } from '../builds/tables';
import { DEPLOYMENT_REQUESTS } from '../rollouts/tables';
import { DEPLOYMENTS } from '../tables';

/**
 * Concludes who asked for deployments that are seen for the first time, from
 * requests of which nobody told yet what came of them: those for a build of the
 * same commit for the same environment, shortly before, by our clock or theirs.
 *
 * It rests on what we noted alone, not on marks that members of the project may
 * set. The worst that it can get wrong is to ask for a third person; who pushed
 * a commit is still who the provider says.
 */
export async function matchBuildRequests(
  tx: Knex.Transaction,
  { entityRef, ids }: { entityRef: string; ids: string[] },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.raw(
    `insert into ${DEPLOYMENT_REQUESTS} (deployment_id, asked_by, confirmed)
     select d.id, asked.asked_by, false from ${DEPLOYMENTS} d
     cross join lateral (
       select r.asked_by from ${BUILD_REQUESTS} r
       where r.deployment_id is null
         and r.provider = d.provider and r.project_id = d.project_id
         and r.environment = d.environment
         and coalesce(r.commit_sha = d.commit_sha, true)
         and d.created_at between r.asked_at - interval '1 minute'
           and r.asked_at + interval '15 minutes'
       order by r.asked_at > d.created_at,
         greatest(r.asked_at - d.created_at, d.created_at - r.asked_at)
       limit 1) asked
     where d.entity_ref = ? and d.id = any(?)
     on conflict (deployment_id) do nothing`,
    [entityRef, ids],
  );
}
