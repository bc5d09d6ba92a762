import type { MetadataStore } from '../../store';
import type { CheckRun, ProjectCheck } from '../model';

interface Row {
  body: string;
}

/** Keeps the checks of projects and their runs for deployments. */
export class CheckStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  upsert(check: ProjectCheck): void {
    this.#store.run(
      `INSERT INTO vercel_checks (id, project_id, body) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
      check.id,
      check.projectId,
      JSON.stringify(check),
    );
  }

  find(projectId: string, id: string): ProjectCheck | undefined {
    return this.list(projectId).find(check => check.id === id);
  }

  /** The oldest first. */
  list(projectId: string): ProjectCheck[] {
    return this.#store
      .all<Row>(
        'SELECT body FROM vercel_checks WHERE project_id = ? ORDER BY rowid',
        projectId,
      )
      .map(row => JSON.parse(row.body));
  }

  /** Takes the check away; its runs stay with their deployments. */
  delete(id: string): void {
    this.#store.run('DELETE FROM vercel_checks WHERE id = ?', id);
  }

  upsertRun(run: CheckRun): void {
    this.#store.run(
      `INSERT INTO vercel_check_runs (id, deployment_id, check_id, body)
       VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
      run.id,
      run.deploymentId,
      run.check.id,
      JSON.stringify(run),
    );
  }

  /** The newest first. */
  listRuns(deploymentId: string): CheckRun[] {
    return this.#store
      .all<Row>(
        'SELECT body FROM vercel_check_runs WHERE deployment_id = ? ORDER BY rowid DESC',
        deploymentId,
      )
      .map(row => JSON.parse(row.body));
  }

  /** The newest first. */
  listRunsOfCheck(checkId: string, limit: number): CheckRun[] {
    return this.#store
      .all<Row>(
        'SELECT body FROM vercel_check_runs WHERE check_id = ? ORDER BY rowid DESC LIMIT ?',
        checkId,
        limit,
      )
      .map(row => JSON.parse(row.body));
  }
}
