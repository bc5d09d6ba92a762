import { createHmac } from 'node:crypto';
import type { Log } from '../../Log';
import type { Drain } from '../model';
import type { VercelStores } from '../store';
import type { DrainBatch } from '../store/DrainStore';

const TIMEOUT_MILLIS = 10_000;
const MOST_REFUSALS = 10;
const MOST_AGE_MILLIS = 24 * 60 * 60_000;

/** What came of one try. */
interface Attempt {
  status?: number;
  error?: string;
}

/**
 * Sends the batches of each drain in their order, one at a time and at least
 * once: a reply that is lost repeats the batch, byte for byte.
 *
 * A drain that does not answer is tried later and later, for a day; a batch
 * that is refused ten times is dropped, so that it does not block the others.
 */
export class DrainSender {
  readonly #stores: VercelStores;
  readonly #log: Log;
  readonly #retryMilliseconds: number[];
  readonly #working = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  readonly #stopping = new AbortController();

  constructor(options: {
    stores: VercelStores;
    log: Log;
    /** Waits before the second and each further try; the last one stays. */
    retryMilliseconds: number[];
  }) {
    this.#stores = options.stores;
    this.#log = options.log;
    this.#retryMilliseconds = options.retryMilliseconds;
  }

  /** Takes up what an earlier run left. */
  start(): void {
    for (const { id } of this.#stores.drains.list()) this.wake(id);
  }

  /** Stops; what is under way is broken off and sent again after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    await Promise.all(this.#working.values());
  }

  /** Sends what waits for a drain, unless it is being left alone for a while. */
  wake(drainId: string): void {
    if (!this.#waiting.has(drainId)) void this.#work(drainId);
  }

  /** Sends what waits for every drain now, up to the first failure of each. */
  async sendAll(): Promise<void> {
    for (const { id } of this.#stores.drains.list()) {
      this.#endWait(id);
      await this.#working.get(id);
      this.#endWait(id);
      await this.#work(id);
    }
  }

  #work(drainId: string): Promise<void> {
    const known = this.#working.get(drainId);
    if (known) return known;
    const work = this.#send(drainId)
      .catch(error => this.#log.error(`Drain ${drainId}: ${error}`))
      .finally(() => this.#working.delete(drainId));
    this.#working.set(drainId, work);
    return work;
  }

  async #send(drainId: string): Promise<void> {
    const { drains, drainBatches } = this.#stores;
    while (!this.#stopping.signal.aborted) {
      const drain = drains.find(drainId);
      const batch = drainBatches.findFirst(drainId);
      if (!drain || !batch || drain.status === 'disabled') return;
      const attempt = await this.post(drain, batch.body);
      if (this.#stopping.signal.aborted) return;
      if (isTaken(attempt)) {
        drainBatches.delete(batch.id);
        this.#failures.delete(drainId);
      } else {
        this.#fail(drain, batch, attempt);
        return;
      }
    }
  }

  #fail(drain: Drain, batch: DrainBatch, attempt: Attempt): void {
    const { drainBatches } = this.#stores;
    if (attempt.status !== undefined) drainBatches.recordRefusal(batch.id);
    const dropped =
      (attempt.status !== undefined && batch.attempts + 1 >= MOST_REFUSALS) ||
      batch.createdAt < Date.now() - MOST_AGE_MILLIS;
    if (dropped) drainBatches.delete(batch.id);
    const failures = this.#failures.get(drain.id) ?? 0;
    this.#failures.set(drain.id, failures + 1);
    const wait =
      this.#retryMilliseconds[
        Math.min(failures, this.#retryMilliseconds.length - 1)
      ] ?? 1_000;
    this.#log.warn(
      `Drain "${drain.name}" did not take a batch (${
        attempt.status ?? attempt.error
      })${dropped ? ', which is dropped' : ''}; next try in ${wait} ms`,
    );
    const timer = setTimeout(() => {
      this.#waiting.delete(drain.id);
      void this.#work(drain.id);
    }, wait);
    timer.unref();
    this.#waiting.set(drain.id, timer);
  }

  #endWait(drainId: string): void {
    clearTimeout(this.#waiting.get(drainId));
    this.#waiting.delete(drainId);
  }

  /** Sends bytes once, signed as https://vercel.com/docs/drains/security says. */
  async post(
    drain: Pick<Drain, 'delivery' | 'headers' | 'secret'>,
    body: Buffer,
  ): Promise<Attempt> {
    try {
      const response = await fetch(endpointOf(drain), {
        method: 'POST',
        headers: {
          'user-agent': 'Vercel Drains',
          ...drain.headers,
          'content-type': contentTypeOf(drain, body),
          'x-vercel-signature': createHmac('sha1', drain.secret)
            .update(body)
            .digest('hex'),
        },
        body: new Uint8Array(body),
        redirect: 'manual',
        signal: AbortSignal.any([
          this.#stopping.signal,
          AbortSignal.timeout(TIMEOUT_MILLIS),
        ]),
      });
      await response.arrayBuffer();
      return { status: response.status };
    } catch (error) {
      const cause =
        error instanceof Error && error.cause instanceof Error
          ? error.cause
          : error;
      return { error: cause instanceof Error ? cause.message : String(cause) };
    }
  }
}

/** A batch keeps the encoding it was written in when its drain changes. */
function contentTypeOf(
  { delivery }: Pick<Drain, 'delivery'>,
  body: Buffer,
): string {
  const isList = body[0] === '['.charCodeAt(0);
  return delivery.type === 'otlphttp' || isList
    ? 'application/json'
    : 'application/x-ndjson';
}

/** Tells whether the other side has taken a batch. */
export function isTaken({ status }: Attempt): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

export function endpointOf({ delivery }: Pick<Drain, 'delivery'>): string {
  return delivery.type === 'http'
    ? delivery.endpoint
    : delivery.endpoint.traces;
}
