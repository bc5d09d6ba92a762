import type { LoggerService } from '@backstage/backend-plugin-api';
import { LeaseLostError, type Claim } from '../database/LedgerStore';
import type { ProvisioningLogStore } from '../database/ProvisioningLogStore';
import { ProvisioningLog } from './ProvisioningLog';
import { ProvisioningRun } from './ProvisioningRun';
import { ProvisioningUnwind } from './ProvisioningUnwind';
import { Redactor } from './Redactor';
import { StepWork, type ProvisioningRunOptions } from './StepWork';

/** Something else was asked for while the work went on. */
class SupersededError extends Error {
  name = 'SupersededError' as const;
}

/** The portal stops. */
class StoppingError extends Error {
  name = 'StoppingError' as const;
}

/**
 * # How provisionings are run
 *
 * Every replica of the portal looks every second for provisionings that are due,
 * and right away for those that it was asked for itself. To claim one is to put
 * a new lease id on its row and its due time into the near future, in one
 * statement that skips rows which others are claiming. While the work goes on,
 * the lease is extended at a third of its length.
 *
 * - A replica that dies stops extending; the row becomes due by itself, and
 *   whoever claims it goes on at the first step that the ledger does not call
 *   done. That step may have had its effect already: steps are get-or-create.
 * - A replica that was only slow finds at its next write that its lease id is no
 *   longer the row's, and stops without a word.
 * - A replica that stops in good order gives its leases back.
 *
 * Not promised: that a step is run only once, or that a provider is never asked
 * by two replicas at the same moment. Promised: that one resource comes of it.
 */
export class ProvisioningExecutor {
  readonly #running = new Map<
    string,
    { abort: AbortController; done: Promise<void> }
  >();
  #starting?: Promise<void>;
  #isAskedAgain = false;
  #stopped = false;

  constructor(
    private readonly options: ProvisioningRunOptions & {
      logLines: ProvisioningLogStore;
      logger: LoggerService;
      /** Credentials of the portal, which no log may show. */
      getTokens(): Promise<Array<string | undefined>>;
      leaseSeconds?: number;
      maxConcurrent?: number;
    },
  ) {}

  /**
   * Claims what is due, as far as there is room, and works on it in the
   * background. Rejects when the database cannot be asked. Those who ask at the
   * same time share the answer, so that the room is not given away twice.
   */
  async startDue(): Promise<void> {
    this.#isAskedAgain = true;
    this.#starting ??= this.#startAll().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #startAll(): Promise<void> {
    // What became due during a look may not have been seen by it.
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      await this.#startWithinRoom();
    }
  }

  async #startWithinRoom(): Promise<void> {
    const { ledger, maxConcurrent = 4 } = this.options;
    while (!this.#stopped && this.#running.size < maxConcurrent) {
      const claim = await ledger.claimDue({ leaseSeconds: this.#leaseSeconds });
      if (!claim) return;
      if (this.#stopped) {
        await ledger.release(claim);
        return;
      }
      const abort = new AbortController();
      const done = this.#work(claim, abort).finally(() => {
        this.#running.delete(claim.leaseId);
        this.nudge();
      });
      this.#running.set(claim.leaseId, { abort, done });
    }
  }

  /** Starts what is due, without waiting for it or for the next look. */
  nudge(): void {
    this.startDue().catch(error =>
      this.options.logger.warn(
        `Due provisionings could not be claimed, the next look will: ${error}`,
      ),
    );
  }

  /** Ends all work and gives the leases back, so that others go on at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort(new StoppingError());
    await Promise.allSettled([
      this.#starting,
      ...running.map(({ done }) => done),
    ]);
  }

  get #leaseSeconds(): number {
    return this.options.leaseSeconds ?? 15;
  }

  async #work(claim: Claim, abort: AbortController): Promise<void> {
    const { logger, ledger } = this.options;
    const leaseLost = new AbortController();
    const heartbeat = this.#startHeartbeat(claim, abort, leaseLost);
    try {
      await this.#run(claim, abort.signal, leaseLost.signal);
    } catch (error) {
      const reason = abort.signal.aborted ? abort.signal.reason : error;
      if (reason instanceof LeaseLostError) {
        logger.warn(reason.message);
      } else if (
        reason instanceof SupersededError ||
        reason instanceof StoppingError
      ) {
        await ledger
          .release(claim)
          .catch(releaseError =>
            logger.warn(
              `The lease of provisioning '${claim.provisioningId}' was not given back and will run out: ${releaseError}`,
            ),
          );
      } else {
        // The ledger could not be written. The lease runs out, and then it is
        // tried again from what is written.
        logger.error(
          `Provisioning '${claim.provisioningId}' was interrupted and will go on when its lease runs out`,
          reason,
        );
      }
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #run(
    claim: Claim,
    signal: AbortSignal,
    leaseLost: AbortSignal,
  ): Promise<void> {
    const { ledger, secrets, announcer, logLines, logger } = this.options;
    const { request } = await ledger.read(claim);
    const { provisioningId } = claim;
    const openSecrets = async () =>
      secrets.openSecrets({ provisioningId, secrets: request.secrets });
    const opened = await openSecrets().catch(() => []);
    const log = new ProvisioningLog({
      provisioningId,
      store: logLines,
      redactor: new Redactor([
        ...opened.map(({ value }) => value),
        ...(await this.options.getTokens()),
      ]),
      onWritten: lastSequence =>
        announcer.announceProgress({ provisioningId, lastSequence }),
      onError: error =>
        logger.warn(
          `Log lines of provisioning '${provisioningId}' were lost: ${error.message}`,
        ),
    });
    try {
      const work = new StepWork({
        ...this.options,
        claim,
        log,
        openSecrets,
        canRedact: opened.length === request.secrets.length,
        signal,
        leaseLost,
      });
      const record = await ledger.read(claim);
      await (
        record.state === 'unwinding'
          ? new ProvisioningUnwind(work)
          : new ProvisioningRun(work)
      ).run(record);
    } finally {
      await log.flush();
    }
  }

  #startHeartbeat(
    claim: Claim,
    abort: AbortController,
    leaseLost: AbortController,
  ): NodeJS.Timeout {
    const { ledger, logger } = this.options;
    let extendedAt = performance.now();
    return setInterval(
      async () => {
        try {
          const { state } = await ledger.extend(claim, {
            leaseSeconds: this.#leaseSeconds,
          });
          extendedAt = performance.now();
          if (state !== claim.state) abort.abort(new SupersededError());
        } catch (error) {
          const ranOut =
            performance.now() - extendedAt > this.#leaseSeconds * 1000;
          if (error instanceof LeaseLostError || ranOut) {
            const lost = new LeaseLostError(claim.provisioningId);
            for (const one of [abort, leaseLost]) one.abort(lost);
          } else {
            logger.warn(
              `The lease of provisioning '${claim.provisioningId}' could not be extended: ${error}`,
            );
          }
        }
      },
      (this.#leaseSeconds * 1000) / 3,
    );
  }
}
