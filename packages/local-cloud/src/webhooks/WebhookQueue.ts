import { randomUUID } from 'node:crypto';
import { Log } from '../Log';
import {
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryStore,
} from './WebhookDeliveryStore';

/**
 * Makes the headers of a delivery, the signature over its raw bytes among them.
 * Returns undefined when the hook no longer exists; the delivery then fails for good.
 */
export type WebhookSigner = (
  delivery: WebhookDelivery,
) => Record<string, string> | undefined;

/** Waits before the second and each further try. */
export const defaultRetryMilliseconds = [500, 2_000, 10_000, 60_000, 300_000];

const timeoutMilliseconds = 10_000;
const parallel = 8;

/**
 * Delivers webhooks at least once, in the order in which they fell due.
 *
 * A delivery is written before the first try, so a stop in the middle only
 * delays it. One delivery per hook is under way at a time. After the last
 * retry it stays in the log as failed and can be redelivered by hand.
 */
export class WebhookQueue {
  readonly deliveries: WebhookDeliveryStore;
  readonly retryMilliseconds: number[];
  readonly #log: Log;
  readonly #signers = new Map<string, WebhookSigner>();
  readonly #busy = new Map<string, Promise<void>>();
  #timer?: NodeJS.Timeout;
  #stopping?: AbortController;

  constructor(options: {
    deliveries: WebhookDeliveryStore;
    log: Log;
    retryMilliseconds?: number[];
  }) {
    this.deliveries = options.deliveries;
    this.#log = options.log;
    this.retryMilliseconds =
      options.retryMilliseconds ?? defaultRetryMilliseconds;
  }

  /** Says how deliveries of one provider are signed. Call before `start`. */
  registerSigner(source: string, signer: WebhookSigner): void {
    this.#signers.set(source, signer);
  }

  /** Takes up what an earlier process left, and what comes from now on. */
  start(): void {
    this.#stopping = new AbortController();
    this.#wake();
  }

  enqueue(options: {
    source: string;
    hookId: string;
    event: string;
    url: string;
    body: string | Buffer;
    guid?: string;
  }): WebhookDelivery {
    const delivery = this.deliveries.insert({
      ...options,
      body: Buffer.from(options.body),
      guid: options.guid ?? randomUUID(),
      redelivery: false,
    });
    // A hook that is busy looks for its next delivery when it is done with this one.
    if (!this.#busy.has(`${delivery.source}/${delivery.hookId}`)) {
      this.#wake();
    }
    return delivery;
  }

  /** Sends the same bytes under the same guid once more, to where the hook points now. */
  redeliver(original: WebhookDelivery, url = original.url): WebhookDelivery {
    const delivery = this.deliveries.insert({
      ...original,
      url,
      redelivery: true,
    });
    this.#wake();
    return delivery;
  }

  /** Stops; deliveries under way are broken off and tried again after the next start. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stopping?.abort();
    await Promise.all(this.#busy.values());
    this.#stopping = undefined;
  }

  #wake(): void {
    if (!this.#stopping || this.#stopping.signal.aborted) {
      return;
    }
    clearTimeout(this.#timer);
    // One look at the clock: what falls due after it was not listed.
    const now = Date.now();
    for (const delivery of this.deliveries.listDue(now, 200)) {
      const key = `${delivery.source}/${delivery.hookId}`;
      if (this.#busy.size >= parallel) {
        break;
      }
      if (!this.#busy.has(key)) {
        const work = this.#attempt(delivery).finally(() => {
          this.#busy.delete(key);
          this.#wake();
        });
        this.#busy.set(key, work);
      }
    }
    const next = this.deliveries.findNextDueAt();
    if (next !== undefined && next > now) {
      this.#timer = setTimeout(() => this.#wake(), next - now + 1);
      this.#timer.unref();
    }
  }

  async #attempt(delivery: WebhookDelivery): Promise<void> {
    const headers = this.#signers.get(delivery.source)?.(delivery);
    const attempt = headers
      ? await this.#post(delivery, headers)
      : {
          at: new Date().toISOString(),
          durationMilliseconds: 0,
          error: 'The hook no longer exists',
          requestHeaders: {},
          responseHeaders: {},
          responseBody: '',
        };
    if (this.#stopping?.signal.aborted) {
      return;
    }
    const succeeded =
      attempt.status !== undefined &&
      attempt.status >= 200 &&
      attempt.status < 300;
    const wait = headers && this.retryMilliseconds[delivery.attempts];
    const retried = !succeeded && wait !== undefined;
    if (!succeeded) {
      this.#log.warn(
        `Webhook ${delivery.event} to ${delivery.url} failed (${
          attempt.status ?? attempt.error
        }), ${retried ? `next try in ${wait} ms` : 'no further try'}`,
      );
    }
    const waiting = retried ? 'pending' : 'failed';
    this.deliveries.recordAttempt({
      id: delivery.id,
      attempt,
      state: succeeded ? 'delivered' : waiting,
      dueAt: Date.now() + (wait ?? 0),
    });
  }

  async #post(
    delivery: WebhookDelivery,
    signed: Record<string, string>,
  ): Promise<WebhookAttempt> {
    const started = Date.now();
    const at = new Date(started).toISOString();
    const requestHeaders = { 'content-type': 'application/json', ...signed };
    const stopped = this.#stopping!.signal;
    try {
      const response = await fetch(delivery.url, {
        method: 'POST',
        headers: requestHeaders,
        body: new Uint8Array(delivery.body),
        redirect: 'manual',
        signal: AbortSignal.any([
          stopped,
          AbortSignal.timeout(timeoutMilliseconds),
        ]),
      });
      const responseBody = (await response.text()).slice(0, 10_000);
      return {
        at,
        durationMilliseconds: Date.now() - started,
        status: response.status,
        requestHeaders,
        responseHeaders: Object.fromEntries(response.headers),
        responseBody,
      };
    } catch (error) {
      const cause =
        error instanceof Error && error.cause instanceof Error
          ? error.cause
          : error;
      return {
        at,
        durationMilliseconds: Date.now() - started,
        error: cause instanceof Error ? cause.message : String(cause),
        requestHeaders,
        responseHeaders: {},
        responseBody: '',
      };
    }
  }
}
