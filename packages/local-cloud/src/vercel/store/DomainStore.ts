import type { MetadataStore } from '../../store';
import type { ProjectDomain } from '../model';

interface Row {
  body: string;
}

/** Keeps the domains of projects; a name belongs to one project. */
export class DomainStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  upsert(domain: ProjectDomain): void {
    this.#store.run(
      `INSERT INTO vercel_domains (name, project_id, created_at, body)
       VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE
         SET project_id = excluded.project_id, body = excluded.body`,
      domain.name,
      domain.projectId,
      domain.createdAt,
      JSON.stringify(domain),
    );
  }

  find(name: string): ProjectDomain | undefined {
    const row = this.#store.get<Row>(
      'SELECT body FROM vercel_domains WHERE name = ?',
      name,
    );
    return row && JSON.parse(row.body);
  }

  list(projectId: string): ProjectDomain[] {
    return this.#store
      .all<Row>(
        'SELECT body FROM vercel_domains WHERE project_id = ? ORDER BY created_at DESC, name',
        projectId,
      )
      .map(row => JSON.parse(row.body));
  }

  delete(name: string): void {
    this.#store.run('DELETE FROM vercel_domains WHERE name = ?', name);
  }
}
