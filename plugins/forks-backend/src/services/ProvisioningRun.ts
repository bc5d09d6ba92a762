import { isStepWithin } from '@forkyard/plugin-forks-common';
import type { ForkChange } from '../database/LedgerStore';
import type { ProvisioningRecord } from '../database/ProvisioningStore';
import type { ProvisioningFacts, Step, StepResult } from '../steps/Step';
import { mergeFacts, rowOf, type StepWork } from './StepWork';

/** Build logs may show secrets, so they are kept until this step is done. */
const LAST_STEP_WITH_SECRETS = 'deployment';

/**
 * Goes forward, step by step, as far as is asked for.
 *
 * It ends when there is nothing to do for now, when a step failed, or with the
 * reason of the signal; in that last case nothing is written any more.
 */
export class ProvisioningRun {
  constructor(private readonly work: StepWork) {}

  async run(record: ProvisioningRecord): Promise<void> {
    const { ledger, claim, steps } = this.work.options;
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
    const applied = await ledger.complete(claim, {
      state: isWhole ? 'succeeded' : 'waiting',
      fork: isWhole
        ? {
            lifecycle: 'active',
            status: 'healthy',
            statusReason: 'Production answered when the fork was made',
          }
        : { statusReason: `Waits after step '${record.through}'` },
    });
    if (!applied) return;
    this.work.announceProgress(record);
    if (isWhole) {
      await this.work.options.secrets.forgetSecrets({
        provisioningId: record.id,
      });
      await this.work.announceFork(record, 'registered');
      this.work.options.announcer.notifyCreator(record, {
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
    const { ledger, claim, log, secrets } = this.work.options;
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
    this.work.announceProgress(record);
    const known = { ...rowOf(record, step).facts };
    let result: StepResult;
    try {
      result = await this.work.withTimeLimit(step, signal =>
        step.run(this.work.createContext(step, record, facts, known, signal)),
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
    this.work.announceProgress(record);
    if (step.id === LAST_STEP_WITH_SECRETS) {
      await secrets.forgetSecrets({ provisioningId: record.id });
      await this.work.announceFork(record, 'deployed');
    }
    return { ...result, facts: { ...known, ...result.facts } };
  }

  async #handleFailure(
    step: Step,
    record: ProvisioningRecord,
    thrown: unknown,
  ): Promise<void> {
    const { ledger, claim, log, announcer } = this.work.options;
    const { error, message } = this.work.describe(thrown);
    if (await this.work.retryLater(step, record, thrown, 'running')) return;
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
    const applied = await ledger.complete(
      claim,
      unwinds
        ? { state: 'unwinding', dueInSeconds: 0, fork }
        : { state: 'failed', fork },
    );
    if (!applied) return;
    this.work.announceProgress(record);
    await this.work.announceFork(record, 'failed');
    announcer.notifyCreator(record, {
      title: `Fork ${record.forkName} failed at step '${step.id}'`,
      description: `${message}. ${unwinds ? 'What was made is being undone' : error.action}`,
      failed: true,
    });
  }
}
