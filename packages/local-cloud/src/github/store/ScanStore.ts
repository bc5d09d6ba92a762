import { MetadataStore } from '../../store';

/** Is a repository whose content has to be scanned. */
export interface DueScan {
  repositoryId: number;
  /** Generation that this scan answers. */
  requested: number;
  login: string;
  /** Commits whose history has been searched for secrets. */
  scannedHeads: string[];
}

interface ScanRow {
  repository_id: number;
  requested: number;
  login: string;
  scanned_heads: string;
}

/** Is a secret in one blob; lines and columns count from one. */
export interface BlobSecret {
  secretType: string;
  displayName: string;
  secret: string;
  startLine: number;
  endLine: number;
  startColumn: number;
  endColumn: number;
}

/**
 * Keeps which repositories wait for a scan, and what blobs were found to hold.
 *
 * A request is written together with the announcement of the push, and is done
 * only when its scan has written what it found: a crash in between repeats it.
 */
export class ScanStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  request(repositoryId: number, login: string): void {
    this.#store.run(
      `INSERT INTO github_scans (repository_id, requested, done, login, advisories, scanned_heads)
       VALUES (?, 1, 0, ?, '', '[]')
       ON CONFLICT (repository_id)
       DO UPDATE SET requested = requested + 1, login = excluded.login`,
      repositoryId,
      login,
    );
  }

  /** Requests scans of what was never scanned, or was with other advisories. */
  requestOutdated(advisories: string, login: string): void {
    this.#store.run(
      `INSERT INTO github_scans (repository_id, requested, done, login, advisories, scanned_heads)
       SELECT id, 1, 0, ?, '', '[]' FROM github_repositories WHERE true
       ON CONFLICT (repository_id) DO NOTHING`,
      login,
    );
    this.#store.run(
      'UPDATE github_scans SET requested = requested + 1 WHERE done = requested AND advisories <> ?',
      advisories,
    );
  }

  findDue(except: readonly number[] = []): DueScan | undefined {
    const rows = this.#store.all<ScanRow>(
      'SELECT * FROM github_scans WHERE done < requested ORDER BY repository_id',
    );
    const row = rows.find(found => !except.includes(found.repository_id));
    return (
      row && {
        repositoryId: row.repository_id,
        requested: row.requested,
        login: row.login,
        scannedHeads: JSON.parse(row.scanned_heads),
      }
    );
  }

  /** Records a scan; a request that came meanwhile stays due. */
  complete(
    scan: DueScan,
    result: { advisories: string; scannedHeads: string[] },
  ): void {
    this.#store.run(
      `UPDATE github_scans SET done = ?, advisories = ?, scanned_heads = ?
       WHERE repository_id = ?`,
      scan.requested,
      result.advisories,
      JSON.stringify(result.scannedHeads),
      scan.repositoryId,
    );
  }

  findBlobSecrets(sha: string, path: string): BlobSecret[] | undefined {
    const row = this.#store.get<{ secrets: string }>(
      'SELECT secrets FROM github_blob_secrets WHERE sha = ? AND path = ?',
      sha,
      path,
    );
    return row && JSON.parse(row.secrets);
  }

  setBlobSecrets(sha: string, path: string, secrets: BlobSecret[]): void {
    this.#store.run(
      `INSERT INTO github_blob_secrets (sha, path, secrets) VALUES (?, ?, ?)
       ON CONFLICT (sha, path) DO UPDATE SET secrets = excluded.secrets`,
      sha,
      path,
      JSON.stringify(secrets),
    );
  }
}
