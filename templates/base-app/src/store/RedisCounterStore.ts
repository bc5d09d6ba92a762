import type { RedisClientType } from '@redis/client';
import type { CounterStore } from './CounterStore.js';
import { MemoryCounterStore } from './MemoryCounterStore.js';

/**
 * Counts in Redis, so that all instances share one count.
 *
 * While Redis is away it counts in memory: a limit per instance is better than
 * none, and better than nobody being able to sign in.
 */
export class RedisCounterStore implements CounterStore {
  readonly kind = 'redis';
  readonly #url: string;
  readonly #fallback = new MemoryCounterStore();
  #client: Promise<RedisClientType> | undefined;

  constructor(options: { url: string }) {
    this.#url = options.url;
  }

  async increment(key: string, windowSeconds: number) {
    try {
      const client = await this.#connect();
      const name = `rate:${key}`;
      const [count, , ttl] = await client
        .multi()
        .incr(name)
        .expire(name, windowSeconds, 'NX')
        .ttl(name)
        .exec();
      return {
        count: Number(count),
        resetSeconds: Math.max(1, Number(ttl)),
      };
    } catch {
      return this.#fallback.increment(key, windowSeconds);
    }
  }

  async check(): Promise<'ok' | 'down'> {
    try {
      const client = await this.#connect();
      await client.ping();
      return 'ok';
    } catch {
      return 'down';
    }
  }

  async close() {
    const client = await this.#client?.catch(() => undefined);
    client?.destroy();
  }

  async #connect(): Promise<RedisClientType> {
    this.#client ??= this.#open();
    try {
      return await this.#client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }

  async #open(): Promise<RedisClientType> {
    // Loaded only where it is used: most forks start without it.
    const { createClient } = await import('@redis/client');
    let hasConnected = false;
    const client: RedisClientType = createClient({
      url: this.#url,
      disableOfflineQueue: true,
      commandOptions: { timeout: 1_000 },
      socket: {
        connectTimeout: 1_000,
        reconnectStrategy: attempt =>
          hasConnected ? Math.min(100 * 2 ** attempt, 5_000) : false,
      },
    });
    client.on('error', () => {});
    try {
      await client.connect();
      hasConnected = true;
    } catch (error) {
      client.destroy();
      throw error;
    }
    return client;
  }
}
