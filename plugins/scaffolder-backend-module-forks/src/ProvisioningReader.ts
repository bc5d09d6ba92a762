import type {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  ResponseError,
  ServiceUnavailableError,
  toError,
} from '@backstage/errors';
import type { Provisioning, StepId } from '@forkyard/plugin-forks-common';
import type { ForksService } from '@forkyard/plugin-forks-node';

/** @internal */
export interface ProvisioningReaderOptions {
  forks: Pick<ForksService, 'getProvisioning' | 'getProvisioningLog'>;
  provisioningId: string;
  /** The steps whose log lines belong to this action; default all. */
  steps?: readonly StepId[];
  /** Where the ledger's log lines go. */
  logger: LoggerService;
  credentials: BackstageCredentials;
  /** Ends the waiting, not the provisioning. */
  signal?: AbortSignal;
  /** For how long forks-backend may be out of reach, default one minute. */
  outageMs?: number;
}

const logPageSize = 1_000;

/**
 * Reads the state of a provisioning, forwards each of its log lines once, and
 * bears an outage of forks-backend for a while.
 */
export class ProvisioningReader {
  readonly #options: ProvisioningReaderOptions;
  #sequence = 0;
  #unreachableSince: number | undefined;

  constructor(options: ProvisioningReaderOptions) {
    this.#options = options;
  }

  async read(): Promise<{ provisioning?: Provisioning; progressed: boolean }> {
    const { forks, provisioningId, credentials, signal } = this.#options;
    const request = { id: provisioningId };
    try {
      // The state is read before the log, so that a state that ends the wait
      // comes with every line that led to it.
      const provisioning = await forks.getProvisioning(request, {
        credentials,
        signal,
      });
      const progressed = await this.#forwardLog(provisioning);
      this.#unreachableSince = undefined;
      return { provisioning, progressed };
    } catch (error) {
      signal?.throwIfAborted();
      this.#bearOutage(error);
      return { progressed: false };
    }
  }

  async #forwardLog(provisioning: Provisioning): Promise<boolean> {
    const { forks, logger, credentials, signal } = this.#options;
    const before = this.#sequence;
    for (;;) {
      const { items } = await forks.getProvisioningLog(
        { id: provisioning.id, after: this.#sequence },
        { credentials, signal },
      );
      for (const line of items) {
        this.#sequence = Math.max(this.#sequence, line.sequence);
        if (this.#concerns(line.step, provisioning)) {
          logger[line.level](`${line.step}: ${line.message}`);
        }
      }
      if (items.length < logPageSize) {
        return this.#sequence > before;
      }
    }
  }

  /** An action shows its own steps; when all is undone, it shows every step. */
  #concerns(step: StepId, { state }: Provisioning): boolean {
    const { steps } = this.#options;
    return (
      !steps ||
      steps.includes(step) ||
      state === 'unwinding' ||
      state === 'unwound'
    );
  }

  #bearOutage(error: unknown) {
    const { outageMs = 60_000, provisioningId, logger } = this.#options;
    if (!isOutage(error)) {
      throw error;
    }
    const since = this.#unreachableSince ?? Date.now();
    if (this.#unreachableSince === undefined) {
      logger.warn(
        `The forks service cannot be reached (${toError(error).message}); trying again`,
      );
    }
    this.#unreachableSince = since;
    if (Date.now() - since >= outageMs) {
      throw new ServiceUnavailableError(
        `Provisioning '${provisioningId}' cannot be watched: the forks service has been out of reach for ${Math.round(outageMs / 1000)} s. The provisioning itself goes on; retry this task to watch it again.`,
        error,
      );
    }
  }
}

/** Tells a service that is away from one that answers no. */
function isOutage(error: unknown): boolean {
  if (error instanceof ResponseError) {
    return error.statusCode >= 500 || error.statusCode === 429;
  }
  // What fetch throws when there is no answer at all.
  return error instanceof TypeError || toError(error).name === 'FetchError';
}
