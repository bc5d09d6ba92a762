import type { ProvisioningRecord } from '../database/ProvisioningStore';
import type { Step } from '../steps/Step';
import { mergeFacts, rowOf, type StepWork } from './StepWork';

/**
 * Goes back: undoes in reverse whatever the ledger says was begun.
 */
export class ProvisioningUnwind {
  constructor(private readonly work: StepWork) {}

  async run(record: ProvisioningRecord): Promise<void> {
    const { ledger, claim, log, steps, secrets, announcer } = this.work.options;
    const facts = mergeFacts(record.steps);
    for (const step of [...steps].reverse()) {
      const row = rowOf(record, step);
      if (!['running', 'succeeded', 'failed'].includes(row.state)) continue;
      try {
        await this.work.withTimeLimit(step, signal =>
          step.undo(
            this.work.createContext(step, record, facts, {}, signal),
            row,
          ),
        );
      } catch (error) {
        await this.#handleUndoFailure(step, record, error);
        return;
      }
      await log.flush();
      await ledger.undoStep(claim, { id: step.id });
      this.work.announceProgress(record);
    }
    await secrets.forgetSecrets({ provisioningId: record.id });
    const applied = await ledger.complete(claim, {
      state: 'unwound',
      fork: {
        lifecycle: 'deleted',
        status: 'unknown',
        statusReason: 'Was undone',
      },
    });
    if (!applied) return;
    this.work.announceProgress(record);
    await this.work.announceFork(record, 'unwound');
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
    const { ledger, claim, log } = this.work.options;
    const { error, message } = this.work.describe(thrown);
    if (await this.work.retryLater(step, record, thrown, 'unwinding')) return;
    const action = 'Mend what is named, then unwind again';
    log.write(step.id, `Could not be undone: ${message}. ${action}`, 'error');
    await log.flush();
    await ledger.failStep(claim, { id: step.id, error: { ...error, action } });
    const applied = await ledger.complete(claim, {
      state: 'unwinding',
      fork: {
        lifecycle: 'unwinding',
        status: 'failing',
        statusReason: `Step '${step.id}' could not be undone: ${message}`,
      },
    });
    if (!applied) return;
    this.work.announceProgress(record);
    await this.work.announceFork(record, 'failed');
  }
}
