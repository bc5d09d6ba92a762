import { setTimeout as delay } from 'node:timers/promises';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  isStepWithin,
  type Provisioning,
  type ProvisioningStep,
  type StepId,
} from '@forkyard/plugin-forks-common';
import { throwIfStopped } from './provisioningFailure';
import {
  ProvisioningReader,
  type ProvisioningReaderOptions,
} from './ProvisioningReader';

/** @internal */
export interface WaitForProvisioningOptions extends ProvisioningReaderOptions {
  /** The step that has to be done. */
  through: StepId;
  /** Default 20 minutes. */
  timeoutMs?: number;
}

const shortestPauseMs = 50;
const longestPauseMs = 1_500;

/**
 * Waits until a provisioning has done its steps up to `through`, and forwards
 * its log meanwhile.
 *
 * It only reads, so any number of waits may watch one provisioning, and a wait
 * that ends early leaves the provisioning running. A pause is a tenth of the time
 * since the provisioning last said something, between 0.05 s and 1.5 s, so that
 * looking adds at most a tenth to what a step takes.
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
  let heardAt = Date.now();
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
    const now = Date.now();
    heardAt = progressed ? now : heardAt;
    const pauseMs = Math.min(
      Math.max((now - heardAt) / 10, shortestPauseMs),
      longestPauseMs,
    );
    await delay(pauseMs, undefined, { signal }).catch(error => {
      signal?.throwIfAborted();
      throw error;
    });
  }
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
