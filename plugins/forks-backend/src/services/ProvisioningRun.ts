import {
  isStepWithin,
  type ForkEventPayload,
} from '@forkyard/plugin-forks-common';
import type { ForkStore } from '../database/ForkStore';
import type { Claim, ForkChange, LedgerStore } from '../database/LedgerStore';
import type {
  ProvisioningRecord,
  StepRecord,
} from '../database/ProvisioningStore';
import type {
  ProvisioningFacts,
  Step,
  StepContext,
  StepResult,
} from '../steps/Step';
import { describeStepError, StepTimeoutError } from './describeStepError';
import type { ForkAnnouncer } from './ForkAnnouncer';
import type { ProvisioningLog } from './ProvisioningLog';
import type { SecretService } from './SecretService';

/** Build logs may show secrets, so they are kept until this step is done. */
const LAST_STEP_WITH_SECRETS = 'deployment';

export interface ProvisioningRunOptions {
  steps: Step[];
  ledger: LedgerStore;
  forks: ForkStore;
  secrets: SecretService;
  announcer: ForkAnnouncer;
  /** Pauses before automatic retries of what may pass by itself. */
  retryDelaysSeconds: number[];
}

/**
 * The work on one provisioning under one claim, forward or in reverse.
 *
 * It ends when there is nothing to do for now, when a step failed, or with the
 * reason of the signal; in that last case nothing is written any more.
 */
export class ProvisioningRun {
  constructor(
    private readonly options: ProvisioningRunOptions & {
      claim: Claim;
      log: ProvisioningLog;
      openSecrets: StepContext['openSecrets'];
      canRedact: boolean;
      signal: AbortSignal;
    },
  ) {}

  async run(): Promise<void> {
    const record = await this.options.ledger.read(this.options.claim);
    if (record.state === 'unwinding') await this.#unwind(record);
    else await this.#advance(record);
  }

  async #advance(record: ProvisioningRecord): Promise<void> {
    const { ledger, claim, steps } = this.options;
    const due = steps.filter(step => isStepWithin(step.id, record.through));
    let facts = mergeFacts(record.steps);
    let retries = record.retries;
    for (const step of due) {
      const row = rowOf(record, step);
      if (row.state === 'succeeded' || row.state === 'skipped') continue;
      const result = await this.#runStep(step, { ...record, retries }, facts);
      if (!result) return;
      facts = { ...facts, ...result.facts };
      retries = 0;
    }
    const isWhole = due.length === steps.length;
    await ledger.complete(claim, {
      state: isWhole ? 'succeeded' : 'waiting',
      fork: isWhole
        ? {
            lifecycle: 'active',
            status: 'healthy',
            statusReason: 'Production answered when the fork was made',
          }
        : { statusReason: `Waits after step '${record.through}'` },
    });
    this.#announceProgress(record);
    if (isWhole) {
      await this.options.secrets.forgetSecrets({ provisioningId: record.id });
      await this.#announceFork(record, 'registered');
      this.options.announcer.notifyCreator(record, {
        title: `Fork ${record.forkName} is live`,
        description: facts.productionUrl
          ? `Open it at ${facts.productionUrl}`
          : 'It has been deployed and registered',
        failed: false,
      });
    }
  }

  /** Resolves to undefined when the step failed, which is then written. */
  async #runStep(
    step: Step,
    record: ProvisioningRecord,
    facts: ProvisioningFacts,
  ): Promise<StepResult | undefined> {
    const { ledger, claim, log, secrets } = this.options;
    const intent = step.plan(record.request, record.id);
    await ledger.beginStep(claim, {
      id: step.id,
      intent: intent.resources,
      undo: intent.undo,
      fork: {
        lifecycle: 'provisioning',
        status: 'in-progress',
        statusReason: `${step.title}`,
      },
    });
    log.write(step.id, step.title);
    this.#announceProgress(record);
    const known = { ...rowOf(record, step).facts };
    let result: StepResult;
    try {
      result = await this.#withTimeLimit(step, signal =>
        step.run(this.#createContext(step, record, facts, known, signal)),
      );
    } catch (error) {
      await this.#handleFailure(step, record, error);
      return undefined;
    }
    if (result.skipped) log.write(step.id, result.skipped);
    await log.flush();
    await ledger.completeStep(claim, {
      id: step.id,
      outcome: {
        state: result.skipped ? 'skipped' : 'succeeded',
        resources: result.resources ?? [],
        facts: { ...known, ...result.facts },
        undo: result.skipped ? [] : intent.undo,
      },
      fork: result.fork,
    });
    this.#announceProgress(record);
    if (step.id === LAST_STEP_WITH_SECRETS) {
      await secrets.forgetSecrets({ provisioningId: record.id });
      await this.#announceFork(record, 'deployed');
    }
    return { ...result, facts: { ...known, ...result.facts } };
  }

  async #handleFailure(
    step: Step,
    record: ProvisioningRecord,
    thrown: unknown,
  ): Promise<void> {
    const { ledger, claim, log, announcer } = this.options;
    const { error, message } = this.#describe(thrown);
    if (await this.#retryLater(step, record, thrown, 'running')) return;
    log.write(step.id, `${message}. ${error.action}`, 'error');
    await log.flush();
    await ledger.failStep(claim, { id: step.id, error });
    const unwinds = record.onFailure === 'unwind';
    const fork: ForkChange = unwinds
      ? {
          lifecycle: 'unwinding',
          status: 'in-progress',
          statusReason: `Is being undone, because step '${step.id}' failed: ${message}`,
        }
      : {
          lifecycle: 'failed',
          status: 'failing',
          statusReason: `Step '${step.id}' failed: ${message}`,
        };
    await ledger.complete(
      claim,
      unwinds
        ? { state: 'unwinding', dueInSeconds: 0, fork }
        : { state: 'failed', fork },
    );
    this.#announceProgress(record);
    await this.#announceFork(record, 'failed');
    announcer.notifyCreator(record, {
      title: `Fork ${record.forkName} failed at step '${step.id}'`,
      description: `${message}. ${unwinds ? 'What was made is being undone' : error.action}`,
      failed: true,
    });
  }

  async #unwind(record: ProvisioningRecord): Promise<void> {
    const { ledger, claim, log, steps, secrets, announcer } = this.options;
    const facts = mergeFacts(record.steps);
    for (const step of [...steps].reverse()) {
      const row = rowOf(record, step);
      if (!['running', 'succeeded', 'failed'].includes(row.state)) continue;
      try {
        await this.#withTimeLimit(step, signal =>
          step.undo(this.#createContext(step, record, facts, {}, signal), row),
        );
      } catch (error) {
        await this.#handleUndoFailure(step, record, error);
        return;
      }
      await log.flush();
      await ledger.undoStep(claim, { id: step.id });
      this.#announceProgress(record);
    }
    await secrets.forgetSecrets({ provisioningId: record.id });
    await ledger.complete(claim, {
      state: 'unwound',
      fork: {
        lifecycle: 'deleted',
        status: 'unknown',
        statusReason: 'Was undone',
      },
    });
    this.#announceProgress(record);
    await this.#announceFork(record, 'unwound');
    announcer.notifyCreator(record, {
      title: `Fork ${record.forkName} was undone`,
      description: 'Everything that was made for it is gone or archived',
      failed: false,
    });
  }

  async #handleUndoFailure(
    step: Step,
    record: ProvisioningRecord,
    thrown: unknown,
  ): Promise<void> {
    const { ledger, claim, log } = this.options;
    const { error, message } = this.#describe(thrown);
    if (await this.#retryLater(step, record, thrown, 'unwinding')) return;
    const action = 'Mend what is named, then unwind again';
    log.write(step.id, `Could not be undone: ${message}. ${action}`, 'error');
    await log.flush();
    await ledger.failStep(claim, { id: step.id, error: { ...error, action } });
    await ledger.complete(claim, {
      state: 'unwinding',
      fork: {
        lifecycle: 'unwinding',
        status: 'failing',
        statusReason: `Step '${step.id}' could not be undone: ${message}`,
      },
    });
    this.#announceProgress(record);
    await this.#announceFork(record, 'failed');
  }

  async #retryLater(
    step: Step,
    record: ProvisioningRecord,
    thrown: unknown,
    state: 'running' | 'unwinding',
  ): Promise<boolean> {
    const { ledger, claim, log, retryDelaysSeconds, signal } = this.options;
    signal.throwIfAborted();
    const { transient, message } = this.#describe(thrown);
    const delay = retryDelaysSeconds.at(record.retries);
    if (!transient || delay === undefined) return false;
    log.write(step.id, `${message} Trying again in ${delay} s`, 'warn');
    await log.flush();
    await ledger.complete(claim, {
      state,
      dueInSeconds: delay,
      retries: record.retries + 1,
    });
    this.#announceProgress(record);
    return true;
  }

  #describe(thrown: unknown) {
    const { error, transient } = describeStepError(thrown);
    const message = this.options.log.redact(error.message);
    return { transient, message, error: { ...error, message } };
  }

  async #withTimeLimit<T>(
    step: Step,
    body: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(step.timeLimitSeconds * 1000);
    const signal = AbortSignal.any([this.options.signal, timeout]);
    try {
      return await Promise.race([body(signal), rejectWhenAborted(signal)]);
    } catch (error) {
      this.options.signal.throwIfAborted();
      if (timeout.aborted && error === timeout.reason) {
        throw new StepTimeoutError(
          `Step '${step.id}' was not done within ${step.timeLimitSeconds} s`,
        );
      }
      throw error;
    }
  }

  #createContext(
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
      },
    };
    return context;
  }

  #announceProgress({ id, lastSequence }: ProvisioningRecord): void {
    this.options.announcer.announceProgress({
      provisioningId: id,
      lastSequence: Math.max(lastSequence, this.options.log.lastSequence),
    });
  }

  async #announceFork(
    record: ProvisioningRecord,
    kind: ForkEventPayload['kind'],
  ): Promise<void> {
    const fork = await this.options.forks.findFork({ name: record.forkName });
    if (fork) this.options.announcer.announceFork(kind, fork);
  }
}

/**
 * What hangs is left behind: whatever it still does, its writes to the ledger
 * are fenced, and what it makes is found by its name.
 */
async function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), {
      once: true,
    });
  });
}

function rowOf(record: ProvisioningRecord, step: Step): StepRecord {
  const row = record.steps.find(({ id }) => id === step.id);
  if (!row) {
    throw new Error(
      `The ledger of provisioning '${record.id}' has no row for step '${step.id}'`,
    );
  }
  return row;
}

function mergeFacts(steps: StepRecord[]): ProvisioningFacts {
  return Object.assign({}, ...steps.map(({ facts }) => facts));
}
