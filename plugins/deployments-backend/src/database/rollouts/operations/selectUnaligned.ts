import type { Knex } from 'knex';
import { DELIVERY_FILES, TRACKED_ENTITIES } from '../../tables';
import type { UnalignedProject } from '../StagingStore';
import { STAGED_PROJECTS } from '../tables';

/**
 * Finds projects whose staging differs from what their plans ask for, or is not
 * known to be right because a file was never read. One whose repository is away
 * waits until its file is due again.
 *
 * Whether a project is in line is known from the plans of all its entities only,
 * so that each is looked at: PostgreSQL takes no index on the project or on the
 * strategy for it, and none would shorten it.
 */
export async function selectUnaligned(
  knex: Knex,
  { limit, except }: { limit: number; except: string[] },
): Promise<UnalignedProject[]> {
  const { rows } = await knex.raw<{
    rows: {
      provider: string;
      project_id: string;
      entity_ref: string;
      wanted: UnalignedProject['wanted'];
    }[];
  }>(
    `with plans as materialized (
       select t.provider, t.project_id, t.entity_ref,
         case when f.known then coalesce(
           f.plans -> 'production' ->> 'strategy', 'direct') <> 'direct'
         end as asks,
         coalesce(f.error is not null and f.due_at > now(), false) as is_away
       from ${TRACKED_ENTITIES} t
       left join ${DELIVERY_FILES} f on f.entity_ref = t.entity_ref
       where t.project_id is not null
     ), projects as (
       select provider, project_id,
         coalesce(bool_or(asks), false) as asks,
         bool_or(asks is null) as is_unknown,
         min(entity_ref) filter (where asks) as asking,
         min(entity_ref) filter (where asks is null and not is_away) as unread,
         min(entity_ref) as first
       from plans group by provider, project_id
     )
     select p.provider, p.project_id,
       coalesce(p.asking, p.unread, p.first) as entity_ref,
       case when p.asks then 'staged'
         when p.is_unknown then 'unknown' else 'direct' end as wanted
     from projects p
     left join ${STAGED_PROJECTS} s
       on s.provider = p.provider and s.project_id = p.project_id
     where case when p.asks then s.set_at is null
         when p.is_unknown then p.unread is not null
         else s.provider is not null end
       and p.provider || ' ' || p.project_id <> all(cast(:except as text[]))
     order by p.provider, p.project_id
     limit :limit`,
    { limit, except },
  );
  return rows.map(row => ({
    provider: row.provider,
    projectId: row.project_id,
    entityRef: row.entity_ref,
    wanted: row.wanted,
  }));
}
