import { MetadataStore } from '../../store';

/** Is one small thing that belongs to a repository or an account. */
export interface Document<Body> {
  /** Number that never comes back. */
  id: number;
  name: string;
  body: Body;
  createdAt: string;
  updatedAt: string;
}

interface DocumentRow {
  id: number;
  name: string;
  body: string;
  created_at: string;
  updated_at: string;
}

function toDocument<Body>(row: DocumentRow): Document<Body> {
  return {
    id: row.id,
    name: row.name,
    body: JSON.parse(row.body),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/**
 * Keeps one kind of small things (labels, variables, hooks, pull requests) as
 * JSON under a name that is unique in its scope, ignoring case.
 */
export class DocumentStore<Body extends object> {
  readonly #store: MetadataStore;
  readonly #kind: string;

  constructor(store: MetadataStore, kind: string) {
    this.#store = store;
    this.#kind = kind;
  }

  find(scope: string, name: string): Document<Body> | undefined {
    const row = this.#store.get<DocumentRow>(
      'SELECT * FROM github_documents WHERE scope = ? AND kind = ? AND name = ?',
      scope,
      this.#kind,
      name,
    );
    return row && toDocument<Body>(row);
  }

  findById(scope: string, id: number): Document<Body> | undefined {
    const row = this.#store.get<DocumentRow>(
      'SELECT * FROM github_documents WHERE scope = ? AND kind = ? AND id = ?',
      scope,
      this.#kind,
      id,
    );
    return row && toDocument<Body>(row);
  }

  /** Finds a document by its number alone. */
  findAnywhere(id: number): Document<Body> | undefined {
    const row = this.#store.get<DocumentRow>(
      'SELECT * FROM github_documents WHERE kind = ? AND id = ?',
      this.#kind,
      id,
    );
    return row && toDocument<Body>(row);
  }

  /** Lists in the order of creation. */
  list(scope: string): Document<Body>[] {
    return this.#store
      .all<DocumentRow>(
        'SELECT * FROM github_documents WHERE scope = ? AND kind = ? ORDER BY id',
        scope,
        this.#kind,
      )
      .map(row => toDocument<Body>(row));
  }

  /** Creates or replaces. */
  put(scope: string, name: string, body: Body): Document<Body> {
    const now = new Date().toISOString();
    this.#store.run(
      `INSERT INTO github_documents (scope, kind, name, body, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (scope, kind, name)
       DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`,
      scope,
      this.#kind,
      name,
      JSON.stringify(body),
      now,
      now,
    );
    return this.find(scope, name)!;
  }

  /** Replaces the body of what exists. */
  update(id: number, body: Body): void {
    this.#store.run(
      'UPDATE github_documents SET body = ?, updated_at = ? WHERE id = ?',
      JSON.stringify(body),
      new Date().toISOString(),
      id,
    );
  }

  delete(scope: string, name: string): boolean {
    return (
      this.#store.run(
        'DELETE FROM github_documents WHERE scope = ? AND kind = ? AND name = ?',
        scope,
        this.#kind,
        name,
      ).changes > 0
    );
  }
}

/** Forgets everything in a scope. */
export function deleteScope(store: MetadataStore, scope: string): void {
  store.run('DELETE FROM github_documents WHERE scope = ?', scope);
}
