/** Runs bodies with the same key one after the other, in the order of arrival. */
export class KeyedLock {
  readonly #tails = new Map<string | number, Promise<unknown>>();

  async run<Result>(
    key: string | number,
    body: () => Promise<Result>,
  ): Promise<Result> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const current = before.then(body, body);
    const settled = current.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, settled);
    try {
      return await current;
    } finally {
      if (this.#tails.get(key) === settled) {
        this.#tails.delete(key);
      }
    }
  }
}
