import type { CounterStore } from './CounterStore.js';

const mostKeys = 10_000;

/** Counts in this process: enough for one instance, a bound for each of many. */
export class MemoryCounterStore implements CounterStore {
  readonly kind = 'memory';
  readonly #windows = new Map<string, { count: number; endsAt: number }>();
  readonly #now: () => number;

  constructor(options: { now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
  }

  async increment(key: string, windowSeconds: number) {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (!window || window.endsAt <= now) {
      this.#makeRoom(now);
      window = { count: 0, endsAt: now + windowSeconds * 1_000 };
      this.#windows.set(key, window);
    }
    window.count += 1;
    return {
      count: window.count,
      resetSeconds: Math.ceil((window.endsAt - now) / 1_000),
    };
  }

  async check() {
    return 'ok' as const;
  }

  async close() {
    this.#windows.clear();
  }

  /** Keeps a flood of keys from filling the memory: oldest first. */
  #makeRoom(now: number) {
    if (this.#windows.size < mostKeys) {
      return;
    }
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt <= now || this.#windows.size >= mostKeys) {
        this.#windows.delete(key);
      }
    }
  }
}
