import { EventEmitter } from 'node:events';
import type { MetadataStore, SqlValue } from '../../store';
import type { BuildEvent } from '../model';

const MOST_BUILD_EVENTS = 10_000;
const MOST_RUNTIME_LINES = 2_000;

/** One line that a running deployment wrote. */
export interface RuntimeLogLine {
  id: number;
  createdAt: number;
  stream: 'stdout' | 'stderr' | 'system';
  text: string;
}

interface EventRow {
  sequence: number;
  created_at: number;
  type: BuildEvent['type'];
  text: string;
}

interface LineRow {
  id: number;
  created_at: number;
  stream: RuntimeLogLine['stream'];
  text: string;
}

/** Keeps build logs whole and the end of runtime logs, and tells who follows. */
export class LogStore {
  readonly #store: MetadataStore;
  readonly #followers = new EventEmitter();
  readonly #sequences = new Map<string, number>();

  constructor(store: MetadataStore) {
    this.#store = store;
    this.#followers.setMaxListeners(0);
  }

  appendBuildEvent(
    deploymentId: string,
    event: Pick<BuildEvent, 'type' | 'text'>,
  ): void {
    const sequence = this.#nextSequence(deploymentId);
    if (sequence > MOST_BUILD_EVENTS && event.type !== 'deployment-state') {
      return;
    }
    this.#keep(
      `INSERT INTO vercel_build_events (deployment_id, sequence, created_at, type, text)
       SELECT id, ?, ?, ?, ? FROM vercel_deployments WHERE id = ?`,
      sequence,
      Date.now(),
      event.type,
      event.text,
      deploymentId,
    );
    this.#followers.emit(deploymentId);
  }

  listBuildEvents(
    deploymentId: string,
    options: { after?: number; since?: number; until?: number; limit?: number },
  ): BuildEvent[] {
    return this.#store
      .all<EventRow>(
        `SELECT sequence, created_at, type, text FROM vercel_build_events
         WHERE deployment_id = ? AND sequence > ? AND created_at >= ? AND created_at <= ?
         ORDER BY sequence LIMIT ?`,
        deploymentId,
        options.after ?? 0,
        options.since ?? 0,
        options.until ?? Number.MAX_SAFE_INTEGER,
        options.limit ?? -1,
      )
      .map(row => ({
        sequence: row.sequence,
        createdAt: row.created_at,
        type: row.type,
        text: row.text,
      }));
  }

  deleteBuildEvents(deploymentId: string): void {
    this.#store.run(
      'DELETE FROM vercel_build_events WHERE deployment_id = ?',
      deploymentId,
    );
    this.#sequences.delete(deploymentId);
  }

  appendRuntimeLine(
    deploymentId: string,
    line: Pick<RuntimeLogLine, 'stream' | 'text'>,
  ): void {
    const lastId = this.#keep(
      `INSERT INTO vercel_runtime_logs (deployment_id, created_at, stream, text)
       SELECT id, ?, ?, ? FROM vercel_deployments WHERE id = ?`,
      Date.now(),
      line.stream,
      line.text,
      deploymentId,
    );
    // Now and then is enough to keep it bounded.
    if (lastId && lastId % 100 === 0) this.#trim(deploymentId);
    this.#followers.emit(`runtime ${deploymentId}`);
  }

  listRuntimeLines(
    deploymentId: string,
    options: { after?: number },
  ): RuntimeLogLine[] {
    return this.#store
      .all<LineRow>(
        `SELECT * FROM (
           SELECT id, created_at, stream, text FROM vercel_runtime_logs
           WHERE deployment_id = ? AND id > ? ORDER BY id DESC LIMIT ?
         ) ORDER BY id`,
        deploymentId,
        options.after ?? 0,
        MOST_RUNTIME_LINES,
      )
      .map(row => ({
        id: row.id,
        createdAt: row.created_at,
        stream: row.stream,
        text: row.text,
      }));
  }

  /** Calls the listener after each new event; answers how to stop that. */
  follow(
    deploymentId: string,
    kind: 'build' | 'runtime',
    listener: () => void,
  ): () => void {
    const name = kind === 'build' ? deploymentId : `runtime ${deploymentId}`;
    this.#followers.on(name, listener);
    return () => this.#followers.off(name, listener);
  }

  /**
   * Writes one line. A line that cannot be kept, on a full disk for example,
   * is lost; the build or process that wrote it goes on.
   */
  #keep(sql: string, ...values: SqlValue[]): number | undefined {
    try {
      return this.#store.run(sql, ...values).lastId;
    } catch {
      return undefined;
    }
  }

  #nextSequence(deploymentId: string): number {
    const last =
      this.#sequences.get(deploymentId) ??
      this.#store.get<{ last: number | null }>(
        'SELECT max(sequence) AS last FROM vercel_build_events WHERE deployment_id = ?',
        deploymentId,
      )?.last ??
      0;
    this.#sequences.set(deploymentId, last + 1);
    return last + 1;
  }

  #trim(deploymentId: string): void {
    this.#store.run(
      `DELETE FROM vercel_runtime_logs WHERE deployment_id = ?1 AND id <= (
         SELECT id FROM vercel_runtime_logs WHERE deployment_id = ?1
         ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
      deploymentId,
      MOST_RUNTIME_LINES,
    );
  }
}
