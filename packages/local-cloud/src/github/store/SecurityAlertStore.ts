import { MetadataStore } from '../../store';

/** Says who closed an alert, and why. */
export interface AlertClosure {
  at: string;
  /** Login. */
  by: string;
  reason?: string;
  comment?: string;
}

/** Is one alert of a repository; its number never changes and never comes back. */
export interface SecurityAlert<Body> {
  number: number;
  /** Says what is the same problem, in whatever scan it is found. */
  fingerprint: string;
  /** `closed` is a decision of somebody; `fixed` is what a scan found. */
  state: 'open' | 'fixed' | 'closed';
  body: Body;
  createdAt: string;
  updatedAt: string;
  fixedAt?: string;
  closure?: AlertClosure;
}

interface AlertRow {
  number: number;
  fingerprint: string;
  state: 'open' | 'fixed' | 'closed';
  body: string;
  created_at: string;
  updated_at: string;
  fixed_at: string | null;
  closure: string | null;
}

function toAlert<Body>(row: AlertRow): SecurityAlert<Body> {
  return {
    number: row.number,
    fingerprint: row.fingerprint,
    state: row.state,
    body: JSON.parse(row.body),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    fixedAt: row.fixed_at ?? undefined,
    closure: row.closure === null ? undefined : JSON.parse(row.closure),
  };
}

/** Keeps the alerts of one kind, numbered from one in each repository. */
export class SecurityAlertStore<Body extends object> {
  readonly #store: MetadataStore;
  readonly #kind: string;

  constructor(store: MetadataStore, kind: string) {
    this.#store = store;
    this.#kind = kind;
  }

  find(repositoryId: number, number: number): SecurityAlert<Body> | undefined {
    const row = this.#store.get<AlertRow>(
      'SELECT * FROM github_alerts WHERE repository_id = ? AND kind = ? AND number = ?',
      repositoryId,
      this.#kind,
      number,
    );
    return row && toAlert<Body>(row);
  }

  findByFingerprint(
    repositoryId: number,
    fingerprint: string,
  ): SecurityAlert<Body> | undefined {
    const row = this.#store.get<AlertRow>(
      'SELECT * FROM github_alerts WHERE repository_id = ? AND kind = ? AND fingerprint = ?',
      repositoryId,
      this.#kind,
      fingerprint,
    );
    return row && toAlert<Body>(row);
  }

  /** Lists by number, the oldest first. */
  list(repositoryId: number): SecurityAlert<Body>[] {
    return this.#store
      .all<AlertRow>(
        'SELECT * FROM github_alerts WHERE repository_id = ? AND kind = ? ORDER BY number',
        repositoryId,
        this.#kind,
      )
      .map(row => toAlert<Body>(row));
  }

  insert(
    repositoryId: number,
    alert: { fingerprint: string; state: 'open' | 'fixed'; body: Body },
  ): SecurityAlert<Body> {
    const now = new Date().toISOString();
    this.#store.run(
      `INSERT INTO github_alerts
         (repository_id, kind, number, fingerprint, state, body, created_at, updated_at)
       SELECT ?, ?, coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?
       FROM github_alerts WHERE repository_id = ? AND kind = ?`,
      repositoryId,
      this.#kind,
      alert.fingerprint,
      alert.state,
      JSON.stringify(alert.body),
      now,
      now,
      repositoryId,
      this.#kind,
    );
    return this.findByFingerprint(repositoryId, alert.fingerprint)!;
  }

  /** Writes state, body, fixing and closure; the time of the change is now. */
  update(
    repositoryId: number,
    alert: SecurityAlert<Body>,
  ): SecurityAlert<Body> {
    this.#store.run(
      `UPDATE github_alerts
       SET state = ?, body = ?, updated_at = ?, fixed_at = ?, closure = ?
       WHERE repository_id = ? AND kind = ? AND number = ?`,
      alert.state,
      JSON.stringify(alert.body),
      new Date().toISOString(),
      alert.fixedAt ?? null,
      alert.closure ? JSON.stringify(alert.closure) : null,
      repositoryId,
      this.#kind,
      alert.number,
    );
    return this.find(repositoryId, alert.number)!;
  }
}
