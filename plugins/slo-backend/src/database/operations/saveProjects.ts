import type { Knex } from 'knex';
import { SLO_PROJECTS } from '../tables';

/**
 * Replaces what is known of the named projects, and forgets what is old. Gives
 * the projects that are new to an entity.
 */
export async function saveProjects(
  knex: Knex,
  projects: { projectId: string; entityRef: string }[],
): Promise<string[]> {
  if (projects.length === 0) return [];
  const projectIds = projects.map(({ projectId }) => projectId);
  const entityRefs = projects.map(({ entityRef }) => entityRef);
  return knex.transaction(async tx => {
    const { rows } = await tx.raw<{
      rows: { project_id: string; is_new: boolean }[];
    }>(
      `insert into ?? as held (project_id, entity_ref, seen_at)
       select distinct project_id, entity_ref, now()
         from unnest(?::text[], ?::text[]) as given (project_id, entity_ref)
        order by 1, 2
       on conflict (project_id, entity_ref) do update set seen_at = now()
       returning project_id, xmax = 0 as is_new`,
      [SLO_PROJECTS, projectIds, entityRefs],
    );
    await tx.raw(
      `delete from ??
        where seen_at < now()
          and (project_id = any (?::text[]) or seen_at < now() - interval '1 day')`,
      [SLO_PROJECTS, projectIds],
    );
    return rows.filter(row => row.is_new).map(row => row.project_id);
  });
}
