import { backOffSeconds } from '@forkyard/plugin-deployments-common';

const INTERVAL_SECONDS = 5;

/** What failed once is tried again at once: most trouble is over by then. */
const FREE_FAILURES = 1;

/**
 * Remembers what failed, so that it is tried again ever more rarely. Another
 * process knows nothing of it, and tries once more than it would have to.
 */
export class Pauses {
  readonly #failed = new Map<string, { failures: number; untilMs: number }>();

  begin(key: string): void {
    const failures = (this.#failed.get(key)?.failures ?? 0) + 1;
    const seconds =
      failures > FREE_FAILURES
        ? backOffSeconds({ intervalSeconds: INTERVAL_SECONDS, failures })
        : 0;
    this.#failed.set(key, { failures, untilMs: Date.now() + seconds * 1000 });
  }

  end(key: string): void {
    this.#failed.delete(key);
  }

  /** What is not to be tried yet. */
  list(): string[] {
    return [...this.#failed]
      .filter(([, { untilMs }]) => untilMs > Date.now())
      .map(([key]) => key);
  }
}
