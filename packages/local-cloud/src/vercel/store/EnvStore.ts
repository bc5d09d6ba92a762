import type { MetadataStore } from '../../store';
import type { EnvVariable } from '../model';
import type { SecretBox } from '../SecretBox';

interface Row {
  sealed: string;
  body: string;
}

/** Keeps environment variables, their values sealed. */
export class EnvStore {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;

  constructor(store: MetadataStore, box: SecretBox) {
    this.#store = store;
    this.#box = box;
  }

  upsert(variable: EnvVariable): void {
    const { value, ...body } = variable;
    this.#store.run(
      `INSERT INTO vercel_env (id, project_id, key, sealed, body)
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE
         SET key = excluded.key, sealed = excluded.sealed, body = excluded.body`,
      variable.id,
      variable.projectId,
      variable.key,
      this.#box.seal(value),
      JSON.stringify(body),
    );
  }

  list(projectId: string): EnvVariable[] {
    return this.#store
      .all<Row>(
        'SELECT sealed, body FROM vercel_env WHERE project_id = ? ORDER BY key, id',
        projectId,
      )
      .map(row => this.#parse(row));
  }

  find(projectId: string, id: string): EnvVariable | undefined {
    const row = this.#store.get<Row>(
      'SELECT sealed, body FROM vercel_env WHERE project_id = ? AND id = ?',
      projectId,
      id,
    );
    return row && this.#parse(row);
  }

  delete(id: string): void {
    this.#store.run('DELETE FROM vercel_env WHERE id = ?', id);
  }

  #parse(row: Row): EnvVariable {
    return { ...JSON.parse(row.body), value: this.#box.open(row.sealed) };
  }
}
