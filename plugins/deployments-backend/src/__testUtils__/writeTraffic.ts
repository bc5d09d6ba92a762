import type { Knex } from 'knex';

/** Gives the commit that {@link writeTraffic} takes for a name: `A` is aaaa…. */
export function shaOf(name: string): string {
  const digit = name.toLowerCase().charCodeAt(0).toString(16);
  return digit.repeat(20);
}

/**
 * Writes what had an entity's production traffic, in minutes from a moment:
 * `A@0 B@10` is deployment A from its beginning, and B ten minutes later. The
 * commit of a deployment goes by its first letter; one in lower case has none.
 */
export async function writeTraffic(
  knex: Knex,
  entityRef: string,
  options: { history: string; start: Date },
): Promise<void> {
  const { history, start } = options;
  const key = { entity_ref: entityRef, environment: 'production' };
  for (const part of history.split(' ')) {
    const [name, minute] = part.split('@');
    const at = new Date(start.getTime() + Number(minute) * 60_000);
    const id = deploymentIdOf(entityRef, name);
    const hasCommit = name !== name.toLowerCase();
    await knex('deployments')
      .insert({
        ...key,
        id,
        provider: 'vercel',
        external_id: id.slice('vercel:'.length),
        project_id: 'prj_1',
        state: 'ready',
        commit_sha: hasCommit ? shaOf(name) : null,
        commit_url: hasCommit
          ? `https://github.com/acme/shop/commit/${shaOf(name)}`
          : null,
        created_at: at,
        observed_at: at,
      })
      .onConflict()
      .ignore();
    await knex('live_deployments')
      .where(key)
      .whereNull('to_at')
      .update({ to_at: at });
    await knex('live_deployments').insert({
      ...key,
      deployment_id: id,
      from_at: at,
    });
    await knex('environments')
      .insert({
        ...key,
        live_deployment_id: id,
        aliases: '[]',
        observed_at: at,
      })
      .onConflict(['entity_ref', 'environment'])
      .merge();
  }
}

/** Gives the id under which {@link writeTraffic} enters a deployment. */
export function deploymentIdOf(entityRef: string, name: string): string {
  return `vercel:${entityRef.split('/')[1]}-${name}`;
}
