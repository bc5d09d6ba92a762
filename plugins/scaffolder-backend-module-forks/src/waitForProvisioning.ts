import { setTimeout as delay } from 'node:timers/promises';
import type {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  ResponseError,
  ServiceUnavailableError,
  toError,
} from '@backstage/errors';
import {
  isStepWithin,
  type Provisioning,
  type ProvisioningStep,
  type StepId,
} from '@forkyard/plugin-forks-common';
import type { ForksService } from '@forkyard/plugin-forks-node';
import { throwIfStopped } from './provisioningFailure';

/** @internal */
export interface WaitForProvisioningOptions {
  forks: Pick<ForksService, 'getProvisioning' | 'getProvisioningLog'>;
  provisioningId: string;
  /** The step that has to be done. */
  through: StepId;
  /** The steps whose log lines belong to this action; default all. */
  steps?: readonly StepId[];
  /** Where the ledger's log lines go. */
  logger: LoggerService;
  credentials: BackstageCredentials;
  /** Ends the waiting, not the provisioning. */
  signal?: AbortSignal;
  /** Default 20 minutes. */
  timeoutMs?: number;
  /** For how long forks-backend may be out of reach, default one minute. */
  outageMs?: number;
}

const shortestPauseMs = 100;
const longestPauseMs = 1_500;
const logPageSize = 1_000;

/**
 * Waits until a provisioning has done its steps up to `through`, and forwards
 * its log meanwhile.
 *
 * It only reads, so any number of waits may watch one provisioning, and a wait
 * that ends early leaves the provisioning running. Pauses grow from 0.1 s to
 * 1.5 s and start again at 0.1 s whenever the provisioning says something.
 *
 * @throws ConflictError with the ledger's own message and next step when the
 *   provisioning failed or was unwound; ServiceUnavailableError when it takes
 *   longer than the timeout or forks-backend stays out of reach; the signal's
 *   reason when it aborts.
 */
export async function waitForProvisioning(
  options: WaitForProvisioningOptions,
): Promise<Provisioning> {
  const { through, signal } = options;
  const deadline = Date.now() + (options.timeoutMs ?? 20 * 60_000);
  const reader = new ProvisioningReader(options);
  let pauseMs = shortestPauseMs;
  for (;;) {
    signal?.throwIfAborted();
    const { provisioning, progressed } = await reader.read();
    if (provisioning) {
      throwIfStopped(provisioning);
      if (isDone(provisioning, through)) {
        return provisioning;
      }
      if (Date.now() >= deadline) {
        throw new ServiceUnavailableError(describeDelay(provisioning));
      }
    }
    pauseMs = progressed
      ? shortestPauseMs
      : Math.min(pauseMs * 1.5, longestPauseMs);
    await delay(pauseMs, undefined, { signal }).catch(error => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}

/** Reads state and log, and bears an outage of forks-backend for a while. */
class ProvisioningReader {
  readonly #options: WaitForProvisioningOptions;
  #sequence = 0;
  #unreachableSince: number | undefined;

  constructor(options: WaitForProvisioningOptions) {
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

function isDone(provisioning: Provisioning, through: StepId): boolean {
  return provisioning.steps
    .filter(step => isStepWithin(step.id, through))
    .every(({ state }) => state === 'succeeded' || state === 'skipped');
}

function describeDelay({ forkName, steps }: Provisioning): string {
  const current: ProvisioningStep | undefined =
    steps.find(({ state }) => state === 'running') ??
    steps.find(({ state }) => state === 'pending');
  const since = current?.startedAt ? ` (since ${current.startedAt})` : '';
  return `Fork '${forkName}' is not ready: provisioning is still at step '${current?.id ?? 'unknown'}'${since}. It goes on; retry this task to watch it again.`;
}
