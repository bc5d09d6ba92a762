import type { MetadataStore } from '../../store';
import type { Deployment } from '../model';
import type { SecretBox } from '../SecretBox';

interface Row {
  sealed: string;
  body: string;
}

export interface DeploymentFilter {
  projectIds?: string[];
  name?: string;
  /** `production`, `preview` and the ids of custom environments. */
  targets?: string[];
  states?: string[];
  sha?: string;
  branch?: string;
  /** Created at or after. */
  since?: number;
  /** Created before. */
  until?: number;
  limit: number;
}

/** Keeps deployments; the environment they were created with is sealed. */
export class DeploymentStore {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;

  constructor(store: MetadataStore, box: SecretBox) {
    this.#store = store;
    this.#box = box;
  }

  /** Gives each deployment of the team its own time, so that pages by time lose none. */
  insert(deployment: Deployment): Deployment {
    return this.#store.transaction(() => {
      const { newest } = this.#store.get<{ newest: number | null }>(
        'SELECT max(created_at) AS newest FROM vercel_deployments',
      ) ?? { newest: null };
      const created = {
        ...deployment,
        createdAt: Math.max(deployment.createdAt, (newest ?? 0) + 1),
      };
      const { variables, ...body } = created;
      this.#store.run(
        `INSERT INTO vercel_deployments
           (id, project_id, label, target, state, sha, branch, created_at, sealed, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        created.id,
        created.projectId,
        created.label,
        created.target ?? created.customEnvironment?.id ?? null,
        created.state,
        created.git?.sha ?? null,
        created.git?.ref ?? null,
        created.createdAt,
        this.#box.seal(JSON.stringify(variables)),
        JSON.stringify(body),
      );
      return created;
    });
  }

  /**
   * Reads, changes and writes in one go. `change` answers undefined to leave
   * it; so does this when the deployment is gone.
   */
  update(
    id: string,
    change: (deployment: Deployment) => Partial<Deployment> | undefined,
  ): Deployment | undefined {
    return this.#store.transaction(() => {
      const known = this.find(id);
      const changes = known && change(known);
      if (!known || !changes) return undefined;
      const deployment = { ...known, ...changes };
      const { variables: _, ...body } = deployment;
      this.#store.run(
        'UPDATE vercel_deployments SET state = ?, body = ? WHERE id = ?',
        deployment.state,
        JSON.stringify(body),
        id,
      );
      return deployment;
    });
  }

  find(id: string): Deployment | undefined {
    return this.#one('SELECT * FROM vercel_deployments WHERE id = ?', id);
  }

  findByLabel(label: string): Deployment | undefined {
    return this.#one('SELECT * FROM vercel_deployments WHERE label = ?', label);
  }

  /** Newest first. */
  list(filter: DeploymentFilter): Deployment[] {
    const list = (values?: string[]) =>
      values ? JSON.stringify(values) : null;
    return this.#store
      .all<Row>(
        `SELECT * FROM vercel_deployments
         WHERE created_at < ?1 AND created_at >= ?2
           AND (?3 IS NULL OR project_id IN (SELECT value FROM json_each(?3)))
           AND (?4 IS NULL OR state IN (SELECT value FROM json_each(?4)))
           AND (?5 IS NULL OR coalesce(target, 'preview') IN (SELECT value FROM json_each(?5)))
           AND (?6 IS NULL OR sha = ?6) AND (?7 IS NULL OR branch = ?7)
           AND (?8 IS NULL OR json_extract(body, '$.name') = ?8)
         ORDER BY created_at DESC LIMIT ?9`,
        filter.until ?? Number.MAX_SAFE_INTEGER,
        filter.since ?? 0,
        list(filter.projectIds),
        list(filter.states),
        list(filter.targets),
        filter.sha ?? null,
        filter.branch ?? null,
        filter.name ?? null,
        filter.limit,
      )
      .map(row => this.#parse(row));
  }

  /** Those that an earlier run did not finish, oldest first. */
  listUnfinished(): Deployment[] {
    return this.#store
      .all<Row>(
        `SELECT * FROM vercel_deployments WHERE state IN ('QUEUED', 'BUILDING') ORDER BY created_at`,
      )
      .map(row => this.#parse(row));
  }

  countSince(time: number): number {
    return (
      this.#store.get<{ count: number }>(
        'SELECT count(*) AS count FROM vercel_deployments WHERE created_at >= ?',
        time,
      )?.count ?? 0
    );
  }

  delete(id: string): void {
    this.#store.run('DELETE FROM vercel_deployments WHERE id = ?', id);
  }

  #one(sql: string, value: string): Deployment | undefined {
    const row = this.#store.get<Row>(sql, value);
    return row && this.#parse(row);
  }

  #parse(row: Row): Deployment {
    return {
      ...JSON.parse(row.body),
      variables: JSON.parse(this.#box.open(row.sealed)),
    };
  }
}
