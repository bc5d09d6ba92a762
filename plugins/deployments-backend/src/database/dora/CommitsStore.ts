/** A commit whose time is not known yet. */
export interface PendingCommit {
  sha: string;
  /** Its page, as a provider told. */
  url: string;
}

/**
 * Keeps when deployed commits were made. A commit is entered when it has had
 * production's traffic.
 */
export interface CommitsStore {
  /** Those that are due, the newest of the traffic in no particular order. */
  listDue(limit: number): Promise<PendingCommit[]>;
  saveTime(sha: string, committedAt: Date): Promise<void>;
  /**
   * Notes why the time is not known, and when to ask again: each time later,
   * and no more after ten attempts when the answer was `definite`.
   */
  postpone(
    sha: string,
    failure: { message: string; definite: boolean },
  ): Promise<void>;
}
