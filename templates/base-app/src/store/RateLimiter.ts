import { Problem } from '../problems.js';
import type { CounterStore } from './CounterStore.js';

export interface Limit {
  /** What is limited, for the message: "sign-ins". */
  what: string;
  most: number;
  windowSeconds: number;
}

export const limits = {
  // Guesses from one address do not keep the owner out, who is at another.
  signInPerEmailAndAddress: {
    what: 'sign-ins',
    most: 10,
    windowSeconds: 900,
  },
  signInPerEmail: { what: 'sign-ins', most: 100, windowSeconds: 900 },
  signInPerAddress: { what: 'sign-ins', most: 100, windowSeconds: 900 },
  signUpPerAddress: { what: 'new accounts', most: 60, windowSeconds: 3_600 },
  actionsPerUser: { what: 'actions', most: 60, windowSeconds: 60 },
} satisfies Record<string, Limit>;

/** Refuses what happens too often. */
export class RateLimiter {
  readonly #counters: CounterStore;

  constructor(options: { counters: CounterStore }) {
    this.#counters = options.counters;
  }

  /** @throws Problem 429 that says when to try again. */
  async take(limit: Limit, who: string): Promise<void> {
    const key = `${limit.what}:${limit.windowSeconds}:${who}`;
    const { count, resetSeconds } = await this.#counters.increment(
      key,
      limit.windowSeconds,
    );
    if (count > limit.most) {
      throw new Problem(
        429,
        `Too many ${limit.what}. Please try again in ${inWords(resetSeconds)}.`,
        { retryAfterSeconds: resetSeconds },
      );
    }
  }
}

function inWords(seconds: number): string {
  return seconds < 90
    ? `${seconds} seconds`
    : `${Math.ceil(seconds / 60)} minutes`;
}
