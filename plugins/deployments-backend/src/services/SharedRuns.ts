/**
 * Lets callers who want the same work share it.
 *
 * A caller never shares a run that began before the call, because that run may
 * have read the world before it changed; all who come during a run share the
 * next one.
 */
export class SharedRuns {
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Promise<void>>();

  async run(key: string, work: () => Promise<void>): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (waiting) return waiting;
    const running = this.#running.get(key);
    if (!running) return this.#start(key, work);
    const startNext = () => {
      this.#waiting.delete(key);
      return this.#start(key, work);
    };
    const next = running.then(startNext, startNext);
    this.#waiting.set(key, next);
    return next;
  }

  #start(key: string, work: () => Promise<void>): Promise<void> {
    const run = work().finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }
}
