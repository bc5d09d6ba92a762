import type { MetadataStore } from '../../store';
import type { StoreResource, Webhook } from '../model';
import type { SecretBox } from '../SecretBox';

interface Row {
  sealed: string;
  body: string;
}

/** Keeps webhooks, their secrets sealed. */
export class WebhookStore {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;

  constructor(store: MetadataStore, box: SecretBox) {
    this.#store = store;
    this.#box = box;
  }

  insert(webhook: Webhook): void {
    const { secret, ...body } = webhook;
    this.#store.run(
      'INSERT INTO vercel_webhooks (id, sealed, body) VALUES (?, ?, ?)',
      webhook.id,
      this.#box.seal(secret),
      JSON.stringify(body),
    );
  }

  find(id: string): Webhook | undefined {
    return this.list().find(webhook => webhook.id === id);
  }

  list(): Webhook[] {
    return this.#store
      .all<Row>('SELECT sealed, body FROM vercel_webhooks ORDER BY rowid')
      .map(row => ({
        ...JSON.parse(row.body),
        secret: this.#box.open(row.sealed),
      }));
  }

  delete(id: string): void {
    this.#store.run('DELETE FROM vercel_webhooks WHERE id = ?', id);
  }
}

/** Keeps databases that were made for projects, their passwords sealed. */
export class ResourceStore {
  readonly #store: MetadataStore;
  readonly #box: SecretBox;

  constructor(store: MetadataStore, box: SecretBox) {
    this.#store = store;
    this.#box = box;
  }

  upsert(resource: StoreResource): void {
    const { password, ...body } = resource;
    this.#store.run(
      `INSERT INTO vercel_resources (id, external_id, sealed, body)
       VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, body = excluded.body`,
      resource.id,
      resource.externalId,
      this.#box.seal(password),
      JSON.stringify(body),
    );
  }

  find(idOrExternalId: string): StoreResource | undefined {
    const row = this.#store.get<Row>(
      'SELECT sealed, body FROM vercel_resources WHERE id = ?1 OR external_id = ?1',
      idOrExternalId,
    );
    return row && this.#parse(row);
  }

  list(): StoreResource[] {
    return this.#store
      .all<Row>('SELECT sealed, body FROM vercel_resources ORDER BY rowid')
      .map(row => this.#parse(row));
  }

  delete(id: string): void {
    this.#store.run('DELETE FROM vercel_resources WHERE id = ?', id);
  }

  #parse(row: Row): StoreResource {
    return { ...JSON.parse(row.body), password: this.#box.open(row.sealed) };
  }
}
