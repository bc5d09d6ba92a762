import { MetadataStore } from '../../store';
import { CodeScanningTool } from './securityAlerts';

/** Says what a SARIF file was uploaded for. */
export interface SarifUpload {
  /** Full name such as `refs/heads/main`. */
  ref: string;
  commitSha: string;
  login: string;
  toolName?: string;
  checkoutUri?: string;
}

/** Is an uploaded SARIF file; its content is kept until it has been read. */
export interface StoredSarif {
  id: string;
  repositoryId: number;
  status: 'pending' | 'complete' | 'failed';
  upload: SarifUpload;
  errors: string[];
}

/** Is what one run of a SARIF file said about one ref. */
export interface AnalysisBody {
  ref: string;
  commitSha: string;
  category: string;
  tool: CodeScanningTool;
  resultsCount: number;
  rulesCount: number;
  warning: string;
}

export interface Analysis extends AnalysisBody {
  id: number;
  sarifId: string;
  createdAt: string;
}

interface SarifRow {
  id: string;
  repository_id: number;
  status: StoredSarif['status'];
  upload: string;
  errors: string;
}

interface AnalysisRow {
  id: number;
  sarif_id: string;
  body: string;
  created_at: string;
}

const columns = 'id, repository_id, status, upload, errors';

function toSarif(row: SarifRow): StoredSarif {
  return {
    id: row.id,
    repositoryId: row.repository_id,
    status: row.status,
    upload: JSON.parse(row.upload),
    errors: JSON.parse(row.errors),
  };
}

/** Keeps uploaded SARIF files and the analyses that were read from them. */
export class SarifStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  insert(options: {
    id: string;
    repositoryId: number;
    upload: SarifUpload;
    /** The file, compressed as it came. */
    content: Buffer;
  }): void {
    this.#store.run(
      `INSERT INTO github_sarifs (id, repository_id, status, upload, content, errors, created_at)
       VALUES (?, ?, 'pending', ?, ?, '[]', ?)`,
      options.id,
      options.repositoryId,
      JSON.stringify(options.upload),
      options.content,
      new Date().toISOString(),
    );
  }

  find(repositoryId: number, id: string): StoredSarif | undefined {
    const row = this.#store.get<SarifRow>(
      `SELECT ${columns} FROM github_sarifs WHERE repository_id = ? AND id = ?`,
      repositoryId,
      id,
    );
    return row && toSarif(row);
  }

  /** Finds the oldest file that has not been read. */
  findPending(): StoredSarif | undefined {
    const row = this.#store.get<SarifRow>(
      `SELECT ${columns} FROM github_sarifs WHERE status = 'pending'
       ORDER BY created_at, id LIMIT 1`,
    );
    return row && toSarif(row);
  }

  getContent(id: string): Buffer {
    const row = this.#store.get<{ content: Uint8Array | null }>(
      'SELECT content FROM github_sarifs WHERE id = ?',
      id,
    );
    return Buffer.from(row?.content ?? []);
  }

  /** Says how reading ended, and forgets the content. */
  complete(id: string, errors: string[]): void {
    this.#store.run(
      'UPDATE github_sarifs SET status = ?, errors = ?, content = NULL WHERE id = ?',
      errors.length === 0 ? 'complete' : 'failed',
      JSON.stringify(errors),
      id,
    );
  }

  insertAnalysis(options: {
    repositoryId: number;
    sarifId: string;
    body: AnalysisBody;
  }): void {
    this.#store.run(
      `INSERT INTO github_analyses (repository_id, sarif_id, body, created_at)
       VALUES (?, ?, ?, ?)`,
      options.repositoryId,
      options.sarifId,
      JSON.stringify(options.body),
      new Date().toISOString(),
    );
  }

  /** Lists analyses, the newest first. */
  listAnalyses(repositoryId: number): Analysis[] {
    return this.#store
      .all<AnalysisRow>(
        'SELECT * FROM github_analyses WHERE repository_id = ? ORDER BY id DESC',
        repositoryId,
      )
      .map(row => ({
        ...JSON.parse(row.body),
        id: row.id,
        sarifId: row.sarif_id,
        createdAt: row.created_at,
      }));
  }
}
