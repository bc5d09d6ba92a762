import type { MetadataStore } from '../../store';
import type { Project } from '../model';

interface Row {
  body: string;
}

/** Keeps projects; names are unique in the team. */
export class ProjectStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  /** Answers false when the name is taken. */
  insert(draft: Project): boolean {
    const project = { ...draft, updatedAt: this.#nextTime() };
    return (
      this.#store.run(
        `INSERT INTO vercel_projects (id, name, repository, updated_at, body)
         VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
        project.id,
        project.name,
        repositoryKey(project),
        project.updatedAt,
        JSON.stringify(project),
      ).changes === 1
    );
  }

  /** Reads, changes and writes in one go; undefined when it is gone. */
  update(
    id: string,
    change: (project: Project) => Project,
  ): Project | undefined {
    return this.#store.transaction(() => {
      const known = this.find(id);
      if (!known) return undefined;
      const project = { ...change(known), updatedAt: this.#nextTime() };
      this.#store.run(
        `UPDATE vercel_projects SET name = ?, repository = ?, updated_at = ?, body = ?
         WHERE id = ?`,
        project.name,
        repositoryKey(project),
        project.updatedAt,
        JSON.stringify(project),
        id,
      );
      return project;
    });
  }

  /** Takes the id or the name, as the API does. */
  find(idOrName: string): Project | undefined {
    const row = this.#store.get<Row>(
      'SELECT body FROM vercel_projects WHERE id = ?1 OR name = ?1',
      idOrName,
    );
    return row && parse(row);
  }

  /** Newest change first. */
  list(options: {
    limit: number;
    before?: number;
    search?: string;
    repository?: string;
  }): Project[] {
    return this.#store
      .all<Row>(
        `SELECT body FROM vercel_projects
         WHERE updated_at < ?1 AND (?2 IS NULL OR instr(name, ?2) > 0)
           AND (?3 IS NULL OR repository = ?3)
         ORDER BY updated_at DESC, id LIMIT ?4`,
        options.before ?? Number.MAX_SAFE_INTEGER,
        options.search ?? null,
        options.repository ?? null,
        options.limit,
      )
      .map(parse);
  }

  listLinked(owner: string, repo: string): Project[] {
    return this.#store
      .all<Row>(
        'SELECT body FROM vercel_projects WHERE repository = ?',
        `${owner}/${repo}`.toLowerCase(),
      )
      .map(parse);
  }

  /** Those whose promotion or rollback was under way when we stopped. */
  listUnfinishedAliasRequests(): Project[] {
    return this.#store
      .all<Row>(
        `SELECT body FROM vercel_projects
         WHERE json_extract(body, '$.lastAliasRequest.jobStatus') IN ('pending', 'in-progress')`,
      )
      .map(parse);
  }

  /** Those whose traffic is split between two deployments. */
  listRolling(): Project[] {
    return this.#store
      .all<Row>(
        `SELECT body FROM vercel_projects
         WHERE json_extract(body, '$.rollingRelease.state') = 'ACTIVE'`,
      )
      .map(parse);
  }

  count(): number {
    return (
      this.#store.get<{ count: number }>(
        'SELECT count(*) AS count FROM vercel_projects',
      )?.count ?? 0
    );
  }

  delete(id: string): void {
    this.#store.run('DELETE FROM vercel_projects WHERE id = ?', id);
  }

  /** Gives each change its own time, so that pages by time lose nothing. */
  #nextTime(): number {
    const newest = this.#store.get<{ newest: number | null }>(
      'SELECT max(updated_at) AS newest FROM vercel_projects',
    )?.newest;
    return Math.max(Date.now(), (newest ?? 0) + 1);
  }
}

function parse(row: Row): Project {
  return JSON.parse(row.body);
}

function repositoryKey({ link }: Project): string | null {
  return link ? `${link.owner}/${link.repo}`.toLowerCase() : null;
}
