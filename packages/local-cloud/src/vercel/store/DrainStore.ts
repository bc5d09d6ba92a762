import type { MetadataStore } from '../../store';
import type { Drain } from '../model';
import type { SecretBox } from '../SecretBox';

interface Row {
  sealed: string;
  body: string;
}

/** Keeps drains, their secrets and headers sealed. */
export class DrainStore {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;

  constructor(store: MetadataStore, box: SecretBox) {
    this.#store = store;
    this.#box = box;
  }

  upsert(drain: Drain): void {
    const { secret, headers, ...body } = drain;
    this.#store.run(
      `INSERT INTO vercel_drains (id, sealed, body) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, body = excluded.body`,
      drain.id,
      this.#box.seal(JSON.stringify({ secret, headers })),
      JSON.stringify(body),
    );
  }

  find(id: string): Drain | undefined {
    const row = this.#store.get<Row>(
      'SELECT sealed, body FROM vercel_drains WHERE id = ?',
      id,
    );
    return row && this.#parse(row);
  }

  list(): Drain[] {
    return this.#store
      .all<Row>('SELECT sealed, body FROM vercel_drains ORDER BY rowid')
      .map(row => this.#parse(row));
  }

  /** Forgets the drain and what still waits for it. */
  delete(id: string): void {
    this.#store.run('DELETE FROM vercel_drains WHERE id = ?', id);
  }

  #parse(row: Row): Drain {
    return {
      ...JSON.parse(row.body),
      ...JSON.parse(this.#box.open(row.sealed)),
    };
  }
}

/** What is sent in one request: the exact bytes, again at each try. */
export interface DrainBatch {
  id: number;
  createdAt: number;
  /** Tries that were answered with a refusal. */
  attempts: number;
  body: Buffer;
}

interface BatchRow {
  id: number;
  created_at: number;
  attempts: number;
  body: Uint8Array;
}

/** Keeps the batches that have not been taken yet, oldest first. */
export class DrainBatchStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  /** Does nothing when the drain has gone. */
  insert(drainId: string, body: string): void {
    this.#store.run(
      `INSERT INTO vercel_drain_batches (drain_id, created_at, body)
       SELECT id, ?, ? FROM vercel_drains WHERE id = ?`,
      Date.now(),
      Buffer.from(body),
      drainId,
    );
  }

  findFirst(drainId: string): DrainBatch | undefined {
    const row = this.#store.get<BatchRow>(
      `SELECT id, created_at, attempts, body FROM vercel_drain_batches
       WHERE drain_id = ? ORDER BY id LIMIT 1`,
      drainId,
    );
    return (
      row && {
        id: row.id,
        createdAt: row.created_at,
        attempts: row.attempts,
        body: Buffer.from(row.body),
      }
    );
  }

  recordRefusal(id: number): void {
    this.#store.run(
      'UPDATE vercel_drain_batches SET attempts = attempts + 1 WHERE id = ?',
      id,
    );
  }

  delete(id: number): void {
    this.#store.run('DELETE FROM vercel_drain_batches WHERE id = ?', id);
  }

  /** Drops the oldest batches past a number; answers how many. */
  trim(drainId: string, most: number): number {
    return this.#store.run(
      `DELETE FROM vercel_drain_batches WHERE drain_id = ?1 AND id <= (
         SELECT id FROM vercel_drain_batches WHERE drain_id = ?1
         ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
      drainId,
      most,
    ).changes;
  }
}
