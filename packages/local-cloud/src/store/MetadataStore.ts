import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** Changes the tables of one side once; the name decides whether it has run. */
export interface MetadataMigration {
  name: string;
  up: string;
}

export type SqlValue = SQLInputValue;

/**
 * Keeps local-cloud's metadata in one SQLite file.
 *
 * Every call is synchronous and there is one process, so a transaction never
 * interleaves with another one. Each side registers its own tables through
 * `migrate` and prefixes them with its name.
 */
export class MetadataStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  static open(file: string): MetadataStore {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS metadata_migrations (
        side TEXT NOT NULL,
        name TEXT NOT NULL,
        applied_at TEXT NOT NULL,
        PRIMARY KEY (side, name)
      ) STRICT;
    `);
    return new MetadataStore(database);
  }

  /** Runs the migrations of one side that have not run yet, in the given order. */
  migrate(side: string, migrations: MetadataMigration[]): void {
    for (const migration of migrations) {
      this.transaction(() => {
        const applied = this.get(
          'SELECT 1 FROM metadata_migrations WHERE side = ? AND name = ?',
          side,
          migration.name,
        );
        if (applied) {
          return;
        }
        this.#database.exec(migration.up);
        this.run(
          'INSERT INTO metadata_migrations (side, name, applied_at) VALUES (?, ?, ?)',
          side,
          migration.name,
          new Date().toISOString(),
        );
      });
    }
  }

  all<Row extends object>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  get<Row extends object>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /** Runs a statement and tells how many rows it changed. */
  run(sql: string, ...values: SqlValue[]): { changes: number; lastId: number } {
    const result = this.#prepare(sql).run(...values);
    return {
      changes: Number(result.changes),
      lastId: Number(result.lastInsertRowid),
    };
  }

  /** Runs the body in a transaction; a nested call joins the outer one. The body must not await. */
  transaction<Result>(body: () => Result): Result {
    if (this.#depth > 0) {
      return body();
    }
    this.#depth += 1;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = body();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) {
      return known;
    }
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
