import { randomBytes } from 'node:crypto';
import { newEntryId } from '../drains/DrainEntry';
import type { DrainFeed } from '../drains/DrainFeed';
import { endpointOf, isTaken, type DrainSender } from '../drains/DrainSender';
import { notFound } from '../errors';
import { newId } from '../ids';
import type { Drain } from '../model';
import type { VercelStores } from '../store';

/** What a drain is made of, as its owner gives it. */
export type DrainSettings = Pick<
  Drain,
  | 'name'
  | 'projectIds'
  | 'schema'
  | 'delivery'
  | 'headers'
  | 'sampling'
  | 'filter'
> & { secret?: string };

/** Makes, changes and tries drains. */
export class DrainService {
  readonly #stores: VercelStores;
  readonly #feed: DrainFeed;
  readonly #sender: DrainSender;

  constructor(options: {
    stores: VercelStores;
    feed: DrainFeed;
    sender: DrainSender;
  }) {
    this.#stores = options.stores;
    this.#feed = options.feed;
    this.#sender = options.sender;
  }

  get(id: string): Drain {
    const drain = this.#stores.drains.find(id);
    if (!drain)
      throw notFound(`The drain "${id.slice(0, 100)}" was not found.`);
    return drain;
  }

  create(settings: DrainSettings): Drain {
    const now = Date.now();
    const drain: Drain = {
      ...settings,
      id: newId('drn'),
      secret: settings.secret ?? randomBytes(24).toString('base64url'),
      status: 'enabled',
      createdAt: now,
      updatedAt: now,
    };
    this.#stores.drains.upsert(drain);
    this.#feed.reload();
    return drain;
  }

  update(
    id: string,
    changes: Partial<DrainSettings> & { status?: Drain['status'] },
  ): Drain {
    const known = this.get(id);
    // What was served so far belongs to the drain as it was.
    this.#feed.write();
    const now = Date.now();
    const drain: Drain = {
      ...known,
      ...changes,
      updatedAt: now,
      secret: changes.secret ?? known.secret,
    };
    drain.disabledAt =
      drain.status === 'enabled' ? undefined : (known.disabledAt ?? now);
    this.#stores.drains.upsert(drain);
    this.#feed.reload();
    this.#sender.wake(id);
    return drain;
  }

  delete(id: string): void {
    this.#stores.drains.delete(this.get(id).id);
    this.#feed.reload();
  }

  /** Sends a sample; answers what went wrong, if something did. */
  async test(
    drain: Pick<Drain, 'delivery' | 'headers' | 'schema'> & { secret?: string },
  ): Promise<{ endpoint: string; error: string; status: string } | undefined> {
    const attempt = await this.#sender.post(
      { ...drain, secret: drain.secret ?? '' },
      Buffer.from(sampleOf(drain)),
    );
    if (isTaken(attempt)) return undefined;
    return {
      endpoint: endpointOf(drain),
      status: String(attempt.status ?? 'error'),
      error: attempt.error ?? `The endpoint answered ${attempt.status}`,
    };
  }
}

/** Writes a body that is of the right form and tells of no request. */
function sampleOf({
  schema,
  delivery,
}: Pick<Drain, 'schema' | 'delivery'>): string {
  if (schema === 'trace') return JSON.stringify({ resourceSpans: [] });
  const now = Date.now();
  const row = JSON.stringify({
    id: newEntryId(now),
    timestamp: now,
    source: 'external',
    level: 'info',
    message: 'This is a test of the drain.',
    projectId: 'prj_test',
    deploymentId: 'dpl_test',
    host: 'test.localhost',
  });
  return delivery.encoding === 'ndjson' ? `${row}\n` : `[${row}]`;
}
