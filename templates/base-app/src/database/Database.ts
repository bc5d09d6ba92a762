import pg from 'pg';
import { Problem } from '../problems.js';
import { migrate } from './migrate.js';

export type DatabaseState = 'ok' | 'down' | 'not configured';
export type Rows<T> = { rows: T[]; rowCount: number | null };

/** What a query needs; a pool and a transaction alike. */
export interface Queryable {
  query<T extends pg.QueryResultRow>(
    sql: string,
    values?: unknown[],
  ): Promise<Rows<T>>;
}

/**
 * Gives access to PostgreSQL once its schema is up to date.
 *
 * The process starts, and answers `/healthz`, without waiting for it: the schema
 * is brought up to date on first use, and again on the next use if that failed.
 */
export class Database {
  readonly #pool: pg.Pool | undefined;
  #migrated: Promise<void> | undefined;

  constructor(options: { url?: string; connections: number }) {
    if (options.url) {
      this.#pool = new pg.Pool({
        connectionString: options.url,
        max: options.connections,
        connectionTimeoutMillis: 5_000,
        idleTimeoutMillis: 10_000,
        // Kept by us: poolers refuse `statement_timeout` when a connection begins.
        query_timeout: 10_000,
      });
      // A broken idle connection is replaced by the pool; unheard, the event
      // would end the process.
      this.#pool.on('error', () => {});
    }
  }

  async query<T extends pg.QueryResultRow>(
    sql: string,
    values?: unknown[],
  ): Promise<Rows<T>> {
    const pool = await this.#ready();
    return this.#reachable(() => pool.query<T>(sql, values));
  }

  /** Runs the work in one transaction, undone when it throws. */
  async transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T> {
    const pool = await this.#ready();
    const client = await this.#reachable(() => pool.connect());
    let broken = false;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async check(): Promise<DatabaseState> {
    if (!this.#pool) {
      return 'not configured';
    }
    try {
      await this.query('select 1');
      return 'ok';
    } catch {
      return 'down';
    }
  }

  async close(): Promise<void> {
    await this.#pool?.end();
  }

  async #ready(): Promise<pg.Pool> {
    const pool = this.#pool;
    if (!pool) {
      throw new Problem(
        503,
        'This copy of the application has no database yet, so it cannot keep accounts. Set POSTGRES_URL and deploy again.',
      );
    }
    this.#migrated ??= this.#reachable(() => migrate(pool));
    try {
      await this.#migrated;
    } catch (error) {
      this.#migrated = undefined;
      throw error;
    }
    return pool;
  }

  /** Tells a database that is away from a query that is wrong. */
  async #reachable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUnreachable(error)) {
        throw new Problem(
          503,
          'The database cannot be reached right now. Nothing was changed; please try again in a minute.',
          { cause: error, retryAfterSeconds: 60 },
        );
      }
      throw error;
    }
  }
}

function isUnreachable(error: unknown): boolean {
  const { code = '', message = '' } = error as {
    code?: string;
    message?: string;
  };
  return (
    // Network, then PostgreSQL's classes: connection, no such database or
    // password, out of resources, shutting down.
    /^(E[A-Z]+|08...|28...|3D000|53...|57P0.)$/.test(code) ||
    /timeout|Connection terminated|before secure/i.test(message)
  );
}
