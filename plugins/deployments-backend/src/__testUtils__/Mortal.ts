/**
 * Ends a process after any number of calls to what is outside of it: the call
 * has its effect, whoever made it never learns, and nothing more is called.
 */
export class Mortal {
  #callsLeft = Infinity;

  /** Begins a new life, of so many calls. */
  live(calls: number): void {
    this.#callsLeft = calls;
  }

  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (inner, key) => {
        const value: unknown = Reflect.get(inner, key, inner);
        if (key === 'canary' && value) return this.wrap(value as object);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          this.#assertAlive();
          const result: unknown = await value.apply(inner, given);
          this.#callsLeft -= 1;
          this.#assertAlive();
          return result;
        };
      },
    });
  }

  #assertAlive(): void {
    if (this.#callsLeft <= 0) throw new Error('The process was killed');
  }
}
