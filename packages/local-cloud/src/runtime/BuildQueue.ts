interface Job {
  id: string;
  work: (signal: AbortSignal) => Promise<void>;
  controller: AbortController;
}

/**
 * Runs builds in the order they came, a few at a time. Holds nothing on disk:
 * who enqueues must know after a restart what to enqueue again.
 */
export class BuildQueue {
  readonly #concurrency: number;
  readonly #onError: (id: string, error: unknown) => void;
  readonly #waiting: Job[] = [];
  readonly #running = new Map<string, { job: Job; done: Promise<void> }>();
  #stopped = false;

  constructor(options: {
    concurrency: number;
    onError: (id: string, error: unknown) => void;
  }) {
    this.#concurrency = options.concurrency;
    this.#onError = options.onError;
  }

  add(id: string, work: (signal: AbortSignal) => Promise<void>): void {
    this.#waiting.push({ id, work, controller: new AbortController() });
    this.#fill();
  }

  /** Takes a build out, whether it waits or runs, and waits until it is over. */
  async cancel(id: string): Promise<void> {
    const index = this.#waiting.findIndex(job => job.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
    const running = this.#running.get(id);
    running?.job.controller.abort(new Error('The build was canceled'));
    await running?.done;
  }

  /** Breaks off everything; nothing starts any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.length = 0;
    for (const { job } of this.#running.values()) {
      job.controller.abort(new Error('local-cloud is stopping'));
    }
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #fill(): void {
    while (!this.#stopped && this.#running.size < this.#concurrency) {
      const job = this.#waiting.shift();
      if (!job) return;
      this.#running.set(job.id, { job, done: this.#run(job) });
    }
  }

  async #run(job: Job): Promise<void> {
    try {
      await job.work(job.controller.signal);
    } catch (error) {
      if (!job.controller.signal.aborted) this.#onError(job.id, error);
    } finally {
      this.#running.delete(job.id);
      this.#fill();
    }
  }
}
