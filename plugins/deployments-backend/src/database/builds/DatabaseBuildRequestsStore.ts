import type { Knex } from 'knex';
import { DEPLOYMENT_REQUESTS } from '../rollouts/tables';
import { DEPLOYMENTS } from '../tables';
import type {
  BuildRequest,
  BuildRequestsStore,
  NotedBuildRequest,
} from './BuildRequestsStore';
import { BUILD_REQUESTS } from './tables';

/** How long a build that is ready is given to whoever asks for the same. */
const JUST_NOW = '5 minutes';
/** How long it may take until a build shows that it was made. */
const OPEN = '15 minutes';
const KEPT = '1 day';

/** Keeps who asks for builds in PostgreSQL. */
export class DatabaseBuildRequestsStore implements BuildRequestsStore {
  constructor(private readonly knex: Knex) {}

  async note(
    request: BuildRequest,
    { isShared }: { isShared: boolean },
  ): Promise<NotedBuildRequest> {
    const shared = isShared ? await this.#findShared(request) : undefined;
    if (shared) return shared;
    await this.knex(BUILD_REQUESTS)
      .whereRaw('asked_at < now() - ?::interval', [KEPT])
      .delete();
    const [row] = await this.knex(BUILD_REQUESTS)
      .insert({
        provider: request.project.provider,
        project_id: request.project.projectId,
        environment: request.environment,
        source_id: request.sourceId,
        commit_sha: request.commitSha ?? null,
        asked_by: request.actor,
      })
      .returning<{ id: string }[]>('id');
    return { key: row.id, isNew: true };
  }

  async confirm(
    key: string,
    { deploymentId, actor }: { deploymentId: string; actor: string },
  ): Promise<void> {
    await this.knex.transaction(async tx => {
      await tx.raw(
        `insert into ${DEPLOYMENT_REQUESTS} as held (deployment_id, asked_by)
         values (?, ?)
         on conflict (deployment_id) do update
           set asked_by = excluded.asked_by, confirmed = true
           where not held.confirmed`,
        [deploymentId, actor],
      );
      await tx(BUILD_REQUESTS)
        .where({ id: key })
        .update({ deployment_id: deploymentId });
    });
  }

  async withdraw(key: string): Promise<void> {
    await this.knex(BUILD_REQUESTS)
      .where({ id: key })
      .whereNull('deployment_id')
      .delete();
  }

  async #findShared(
    request: BuildRequest,
  ): Promise<NotedBuildRequest | undefined> {
    const { rows } = await this.knex.raw<{
      rows: { id: string; deployment_id: string | null }[];
    }>(
      `select r.id, r.deployment_id from ${BUILD_REQUESTS} r
       left join lateral (
         select d.state from ${DEPLOYMENTS} d
         where d.id = r.deployment_id
           and d.entity_ref = :entityRef) built on true
       where r.provider = :provider and r.project_id = :projectId
         and r.environment = :environment and r.source_id = :sourceId
         and case
           when r.deployment_id is null then
             r.asked_by = :actor and r.asked_at > now() - :open::interval
           when built.state = 'ready' then
             r.asked_at > now() - :justNow::interval
           else built.state in ('queued', 'building') end
       order by r.asked_at desc limit 1`,
      {
        ...request.project,
        entityRef: request.entityRef,
        environment: request.environment,
        sourceId: request.sourceId,
        actor: request.actor,
        open: OPEN,
        justNow: JUST_NOW,
      },
    );
    const [row] = rows;
    return (
      row && {
        key: row.id,
        isNew: false,
        deploymentId: row.deployment_id ?? undefined,
      }
    );
  }
}
