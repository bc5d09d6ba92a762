import type { StepId } from '@forkyard/plugin-forks-common';
import type { NewLogLine } from '../database/LedgerStore';
import type { ProvisioningLogStore } from '../database/ProvisioningLogStore';
import type { Redactor } from './Redactor';

/** Lines are gathered for this long before they are written. */
const GATHER_MS = 150;

/** Longer lines are cut; build tools print whole bundles. */
const LONGEST_LINE = 4000;

/**
 * Writes the log of one provisioning: redacted, in batches, in order.
 */
export class ProvisioningLog {
  #gathered: NewLogLine[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lastSequence = 0;

  constructor(
    private readonly options: {
      provisioningId: string;
      store: ProvisioningLogStore;
      redactor: Redactor;
      onWritten(lastSequence: number): void;
      onError(error: Error): void;
    },
  ) {}

  write(step: StepId, message: string, level: NewLogLine['level'] = 'info') {
    this.#gathered.push({
      step,
      level,
      at: new Date().toISOString(),
      message: this.options.redactor.redact(message).slice(0, LONGEST_LINE),
    });
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** Highest sequence that is kept, as far as this log has written. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  redact(message: string): string {
    return this.options.redactor.redact(message);
  }

  /** Resolves when all that was written so far is kept. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#gathered.splice(0);
    if (lines.length > 0) {
      this.#writing = this.#writing.then(() => this.#append(lines));
    }
    await this.#writing;
  }

  /** A log that cannot be kept does not stop the work that it tells of. */
  async #append(lines: NewLogLine[]): Promise<void> {
    const { provisioningId, store, onWritten, onError } = this.options;
    try {
      this.#lastSequence = await store.appendLines({ provisioningId, lines });
      onWritten(this.#lastSequence);
    } catch (error) {
      onError(error as Error);
    }
  }
}
