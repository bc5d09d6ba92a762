import { ServiceUnavailableError } from '@backstage/errors';
import type { DrainReceipt } from './countNew';
import type { DrainBatch } from './DrainBatch';

/** Enough to make a commit's fixed costs small. */
const MOST_ROWS_PER_COMMIT = 100_000;
const MOST_WAITING_ROWS = 1_000_000;

interface Waiting {
  batch: DrainBatch;
  resolve(receipt: DrainReceipt): void;
  reject(error: unknown): void;
}

/**
 * Commits one group of batches at a time: those that arrive while a commit is
 * under way go into the next one together.
 */
export class BatchCommitter {
  readonly #store: { commit(batches: DrainBatch[]): Promise<DrainReceipt[]> };
  readonly #waiting: Waiting[] = [];
  #waitingRows = 0;
  #isRunning = false;

  constructor(store: {
    commit(batches: DrainBatch[]): Promise<DrainReceipt[]>;
  }) {
    this.#store = store;
  }

  /** Ends when the batch is durable. */
  async commit(batch: DrainBatch): Promise<DrainReceipt> {
    if (this.#waitingRows + batch.count > MOST_WAITING_ROWS) {
      throw new ServiceUnavailableError(
        `The rows of a drain cannot be taken now: ${this.#waitingRows} wait for the database. Send them again later.`,
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#waitingRows += batch.count;
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        const receipts = await this.#store.commit(
          group.map(({ batch }) => batch),
        );
        group.forEach(({ resolve }, index) => resolve(receipts[index]));
      } catch (error) {
        const failure = new ServiceUnavailableError(
          'The rows of a drain could not be counted: the database did not commit. Send them again later.',
          error,
        );
        for (const { reject } of group) reject(failure);
      }
    }
    this.#isRunning = false;
  }

  #takeGroup(): Waiting[] {
    let rows = 0;
    let size = 0;
    while (size < this.#waiting.length) {
      rows += this.#waiting[size].batch.count;
      if (size > 0 && rows > MOST_ROWS_PER_COMMIT) break;
      size += 1;
    }
    const group = this.#waiting.splice(0, size);
    for (const { batch } of group) this.#waitingRows -= batch.count;
    return group;
  }
}
