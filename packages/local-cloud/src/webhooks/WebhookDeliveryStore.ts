import { MetadataMigration, MetadataStore } from '../store';

export type WebhookState = 'pending' | 'delivered' | 'failed';

/** Is one delivery as it is kept. */
export interface WebhookDelivery {
  /** Number that never comes back. */
  id: number;
  /** Which provider sends it. */
  source: string;
  hookId: string;
  /** Globally unique id; a redelivery keeps it. */
  guid: string;
  event: string;
  url: string;
  /** The exact bytes that are sent and signed. */
  body: Buffer;
  createdAt: string;
  redelivery: boolean;
  state: WebhookState;
  attempts: number;
  /** Milliseconds since the epoch. */
  dueAt: number;
  lastAttempt?: WebhookAttempt;
}

/** Is the outcome of one try. */
export interface WebhookAttempt {
  at: string;
  durationMilliseconds: number;
  status?: number;
  error?: string;
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string>;
  responseBody: string;
}

interface WebhookDeliveryRow {
  id: number;
  source: string;
  hook_id: string;
  guid: string;
  event: string;
  url: string;
  body: Uint8Array;
  created_at: string;
  redelivery: number;
  state: WebhookState;
  attempts: number;
  due_at: number;
  last_attempt: string | null;
}

const migrations: MetadataMigration[] = [
  {
    name: '1-deliveries',
    up: `
      CREATE TABLE webhook_deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        hook_id TEXT NOT NULL,
        guid TEXT NOT NULL,
        event TEXT NOT NULL,
        url TEXT NOT NULL,
        body BLOB NOT NULL,
        created_at TEXT NOT NULL,
        redelivery INTEGER NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        last_attempt TEXT
      ) STRICT;
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at) WHERE state = 'pending';
      CREATE INDEX webhook_deliveries_hook ON webhook_deliveries (source, hook_id, id);
    `,
  },
];

function toDelivery(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    source: row.source,
    hookId: row.hook_id,
    guid: row.guid,
    event: row.event,
    url: row.url,
    body: Buffer.from(row.body),
    createdAt: row.created_at,
    redelivery: row.redelivery === 1,
    state: row.state,
    attempts: row.attempts,
    dueAt: row.due_at,
    lastAttempt: row.last_attempt ? JSON.parse(row.last_attempt) : undefined,
  };
}

/** Keeps deliveries and what came of them; the last 200 of each hook. */
export class WebhookDeliveryStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
    store.migrate('webhooks', migrations);
  }

  insert(
    delivery: Pick<
      WebhookDelivery,
      'source' | 'hookId' | 'guid' | 'event' | 'url' | 'body' | 'redelivery'
    >,
  ): WebhookDelivery {
    const { lastId } = this.#store.run(
      `INSERT INTO webhook_deliveries
         (source, hook_id, guid, event, url, body, created_at, redelivery, state, attempts, due_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?)`,
      delivery.source,
      delivery.hookId,
      delivery.guid,
      delivery.event,
      delivery.url,
      delivery.body,
      new Date().toISOString(),
      delivery.redelivery ? 1 : 0,
      Date.now(),
    );
    this.#store.run(
      `DELETE FROM webhook_deliveries WHERE source = ? AND hook_id = ? AND state <> 'pending' AND id <=
         (SELECT id FROM webhook_deliveries WHERE source = ? AND hook_id = ? ORDER BY id DESC LIMIT 1 OFFSET 200)`,
      delivery.source,
      delivery.hookId,
      delivery.source,
      delivery.hookId,
    );
    return this.find(lastId)!;
  }

  find(id: number): WebhookDelivery | undefined {
    const row = this.#store.get<WebhookDeliveryRow>(
      'SELECT * FROM webhook_deliveries WHERE id = ?',
      id,
    );
    return row && toDelivery(row);
  }

  /** Lists the deliveries of a hook, newest first. */
  list(options: {
    source: string;
    hookId: string;
    limit?: number;
    before?: number;
  }): WebhookDelivery[] {
    return this.#store
      .all<WebhookDeliveryRow>(
        `SELECT * FROM webhook_deliveries
         WHERE source = ? AND hook_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
        options.source,
        options.hookId,
        options.before ?? Number.MAX_SAFE_INTEGER,
        options.limit ?? 30,
      )
      .map(toDelivery);
  }

  listDue(now: number, limit: number): WebhookDelivery[] {
    return this.#store
      .all<WebhookDeliveryRow>(
        `SELECT * FROM webhook_deliveries
         WHERE state = 'pending' AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
        now,
        limit,
      )
      .map(toDelivery);
  }

  findNextDueAt(): number | undefined {
    return this.#store.get<{ due_at: number }>(
      `SELECT due_at FROM webhook_deliveries WHERE state = 'pending' ORDER BY due_at LIMIT 1`,
    )?.due_at;
  }

  recordAttempt(options: {
    id: number;
    attempt: WebhookAttempt;
    state: WebhookState;
    dueAt: number;
  }): void {
    this.#store.run(
      `UPDATE webhook_deliveries
       SET attempts = attempts + 1, last_attempt = ?, state = ?, due_at = ? WHERE id = ?`,
      JSON.stringify(options.attempt),
      options.state,
      options.dueAt,
      options.id,
    );
  }

  /** Forgets everything about a hook that is gone. */
  deleteForHook(options: { source: string; hookId: string }): void {
    this.#store.run(
      'DELETE FROM webhook_deliveries WHERE source = ? AND hook_id = ?',
      options.source,
      options.hookId,
    );
  }
}
