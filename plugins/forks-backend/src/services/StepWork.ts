import type { ForkEventPayload } from '@forkyard/plugin-forks-common';
import type { ForkStore } from '../database/ForkStore';
import type { Claim, LedgerStore } from '../database/LedgerStore';
import type {
  ProvisioningRecord,
  StepRecord,
} from '../database/ProvisioningStore';
import type { ProvisioningFacts, Step, StepContext } from '../steps/Step';
import { describeStepError, StepTimeoutError } from './describeStepError';
import type { ForkAnnouncer } from './ForkAnnouncer';
import type { ProvisioningLog } from './ProvisioningLog';
import type { SecretService } from './SecretService';

/** What work on provisionings needs, whoever holds the claim. */
export interface ProvisioningRunOptions {
  steps: Step[];
  ledger: LedgerStore;
  forks: ForkStore;
  secrets: SecretService;
  announcer: ForkAnnouncer;
  /** Pauses before automatic retries of what may pass by itself. */
  retryDelaysSeconds: number[];
}

/** All that the work under one claim needs. */
export interface StepWorkOptions extends ProvisioningRunOptions {
  claim: Claim;
  log: ProvisioningLog;
  openSecrets: StepContext['openSecrets'];
  canRedact: boolean;
  /** Aborted when the work shall end. */
  signal: AbortSignal;
  /** Aborted when another worker may have taken over. */
  leaseLost: AbortSignal;
}

/**
 * Longest wait for what goes on after the work shall end: a call of another
 * system with all its repeats.
 */
const SETTLE_LIMIT_MS = 65_000;

/**
 * What going forward and going back have in common.
 */
export class StepWork {
  constructor(readonly options: StepWorkOptions) {}

  /** Ends the work for a while, if what was thrown may pass by itself. */
  async retryLater(
    step: Step,
    record: ProvisioningRecord,
    thrown: unknown,
    state: 'running' | 'unwinding',
  ): Promise<boolean> {
    const { ledger, claim, log, retryDelaysSeconds, signal } = this.options;
    signal.throwIfAborted();
    const { transient, message } = this.describe(thrown);
    const delay = retryDelaysSeconds.at(record.retries);
    if (!transient || delay === undefined) return false;
    log.write(step.id, `${message}. Trying again in ${delay} s`, 'warn');
    await log.flush();
    await ledger.complete(claim, {
      state,
      dueInSeconds: delay,
      retries: record.retries + 1,
    });
    this.announceProgress(record);
    return true;
  }

  /** What was thrown, for people and without secrets. */
  describe(thrown: unknown) {
    const { error, transient } = describeStepError(thrown);
    const message = this.options.log.redact(error.message).replace(/\.$/, '');
    return { transient, message, error: { ...error, message } };
  }

  /**
   * Does something of a step, within its time and until the claim ends.
   *
   * A call that is under way when the claim ends may still make something, so
   * its end is awaited as long as the lease is held: whoever undoes must find
   * what it made.
   */
  async withTimeLimit<T>(
    step: Step,
    body: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(step.timeLimitSeconds * 1000);
    const signal = AbortSignal.any([this.options.signal, timeout]);
    const running = body(signal);
    try {
      return await Promise.race([running, rejectWhenAborted(signal)]);
    } catch (error) {
      if (this.options.signal.aborted) await this.#waitUntilSettled(running);
      this.options.signal.throwIfAborted();
      if (timeout.aborted && error === timeout.reason) {
        throw new StepTimeoutError(
          `Step '${step.id}' was not done within ${step.timeLimitSeconds} s`,
        );
      }
      throw error;
    }
  }

  async #waitUntilSettled(running: Promise<unknown>): Promise<void> {
    const limit = AbortSignal.any([
      this.options.leaseLost,
      AbortSignal.timeout(SETTLE_LIMIT_MS),
    ]);
    await Promise.allSettled([
      Promise.race([running, rejectWhenAborted(limit)]),
    ]);
  }

  /** What a step works with; what it checkpoints is added to what is known. */
  createContext(
    step: Step,
    provisioning: ProvisioningRecord,
    facts: ProvisioningFacts,
    known: Record<string, string>,
    signal: AbortSignal,
  ): StepContext {
    const { ledger, claim, log, openSecrets, canRedact } = this.options;
    const context: StepContext = {
      provisioning,
      request: provisioning.request,
      facts: { ...facts },
      signal,
      canRedact,
      openSecrets,
      log: (message, level) => log.write(step.id, message, level),
      checkpoint: async more => {
        Object.assign(context.facts, more);
        Object.assign(known, more);
        await ledger.checkpointStep(claim, { id: step.id, facts: known });
        signal.throwIfAborted();
      },
    };
    return context;
  }

  /** Tells pages that the provisioning moved. */
  announceProgress({ id, lastSequence }: ProvisioningRecord): void {
    this.options.announcer.announceProgress({
      provisioningId: id,
      lastSequence: Math.max(lastSequence, this.options.log.lastSequence),
    });
  }

  /** Tells the world what became of the fork. */
  async announceFork(
    record: ProvisioningRecord,
    kind: ForkEventPayload['kind'],
  ): Promise<void> {
    const fork = await this.options.forks.findFork({ name: record.forkName });
    if (fork) this.options.announcer.announceFork(kind, fork);
  }
}

async function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), {
      once: true,
    });
  });
}

/** The row of a step in the ledger. */
export function rowOf(record: ProvisioningRecord, step: Step): StepRecord {
  const row = record.steps.find(({ id }) => id === step.id);
  if (!row) {
    throw new Error(
      `The ledger of provisioning '${record.id}' has no row for step '${step.id}'`,
    );
  }
  return row;
}

/** The facts of all steps together. */
export function mergeFacts(steps: StepRecord[]): ProvisioningFacts {
  return Object.assign({}, ...steps.map(({ facts }) => facts));
}
