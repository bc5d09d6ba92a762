import type { MetadataStore } from '../../store';
import { newId } from '../ids';
import type { Alias } from '../model';

interface Row {
  host: string;
  id: string;
  project_id: string;
  deployment_id: string;
  redirect: string | null;
  created_at: number;
  updated_at: number;
}

/** Keeps which host name leads to which deployment. */
export class AliasStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  /** Points a host name at a deployment; tells where it pointed before. */
  assign(options: {
    host: string;
    projectId: string;
    deploymentId: string;
    redirect?: string;
  }): { alias: Alias; oldDeploymentId?: string } {
    return this.#store.transaction(() => {
      const before = this.find(options.host);
      const now = Date.now();
      const alias: Alias = {
        ...options,
        id: before?.id ?? newId('als'),
        createdAt: before?.createdAt ?? this.#nextTime(),
        updatedAt: now,
      };
      this.#store.run(
        `INSERT INTO vercel_aliases
           (host, id, project_id, deployment_id, redirect, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (host) DO UPDATE SET
           project_id = excluded.project_id,
           deployment_id = excluded.deployment_id,
           redirect = excluded.redirect,
           updated_at = excluded.updated_at`,
        alias.host,
        alias.id,
        alias.projectId,
        alias.deploymentId,
        alias.redirect ?? null,
        alias.createdAt,
        alias.updatedAt,
      );
      const oldDeploymentId = before?.deploymentId;
      return oldDeploymentId === options.deploymentId
        ? { alias }
        : { alias, oldDeploymentId };
    });
  }

  find(hostOrId: string): Alias | undefined {
    const row = this.#store.get<Row>(
      'SELECT * FROM vercel_aliases WHERE host = ?1 OR id = ?1',
      hostOrId,
    );
    return row && parse(row);
  }

  listByDeployment(deploymentId: string): Alias[] {
    return this.#store
      .all<Row>(
        'SELECT * FROM vercel_aliases WHERE deployment_id = ? ORDER BY created_at, host',
        deploymentId,
      )
      .map(parse);
  }

  list(options: {
    limit: number;
    before?: number;
    projectId?: string;
  }): Alias[] {
    return this.#store
      .all<Row>(
        `SELECT * FROM vercel_aliases
         WHERE created_at < ?1 AND (?2 IS NULL OR project_id = ?2)
         ORDER BY created_at DESC, host LIMIT ?3`,
        options.before ?? Number.MAX_SAFE_INTEGER,
        options.projectId ?? null,
        options.limit,
      )
      .map(parse);
  }

  delete(host: string): void {
    this.#store.run('DELETE FROM vercel_aliases WHERE host = ?', host);
  }

  /** Gives each alias its own time, so that pages by time lose none. */
  #nextTime(): number {
    const newest = this.#store.get<{ newest: number | null }>(
      'SELECT max(created_at) AS newest FROM vercel_aliases',
    )?.newest;
    return Math.max(Date.now(), (newest ?? 0) + 1);
  }
}

function parse(row: Row): Alias {
  return {
    host: row.host,
    id: row.id,
    projectId: row.project_id,
    deploymentId: row.deployment_id,
    redirect: row.redirect ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
