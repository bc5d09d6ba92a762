import type { Knex } from 'knex';
import type { CommitsStore, PendingCommit } from './CommitsStore';
import { COMMITS, type DbCommitRow } from './tables';

const MOST_ATTEMPTS = 10;

/** Keeps the times of commits in PostgreSQL. */
export class DatabaseCommitsStore implements CommitsStore {
  constructor(private readonly knex: Knex) {}

  async listDue(limit: number): Promise<PendingCommit[]> {
    return this.knex<DbCommitRow>(COMMITS)
      .where('due_at', '<=', this.knex.fn.now())
      .orderBy('due_at')
      .limit(limit)
      .select('sha', 'url');
  }

  async saveTime(sha: string, committedAt: Date): Promise<void> {
    await this.knex<DbCommitRow>(COMMITS).where({ sha }).update({
      committed_at: committedAt,
      due_at: null,
      last_error: null,
    });
  }

  async postpone(
    sha: string,
    failure: { message: string; definite: boolean },
  ): Promise<void> {
    await this.knex.raw(
      `update ${COMMITS} set
         attempts = attempts + 1,
         last_error = ?,
         due_at = case when attempts + 1 < ? or not ?::boolean
           then now() + least(interval '1 minute' * power(2, least(attempts, 11)), interval '1 day')
         end
       where sha = ?`,
      [failure.message, MOST_ATTEMPTS, failure.definite, sha],
    );
  }
}
