import { ConflictError } from '@backstage/errors';
import type { Provisioning } from '@forkyard/plugin-forks-common';

/**
 * Turns a provisioning that has stopped for good into the error that the person
 * who pressed Create reads.
 *
 * A provisioning that is still unwinding has not stopped: whoever waits sees the
 * undoing to its end.
 */
export function throwIfStopped(provisioning: Provisioning): void {
  if (provisioning.state === 'failed' || provisioning.state === 'unwound') {
    throw new ConflictError(describeFailure(provisioning));
  }
}

function describeFailure({ forkName, state, steps }: Provisioning): string {
  const failed = steps.find(step => step.error);
  const outcome =
    state === 'unwound'
      ? 'Everything that had been created was removed again.'
      : 'What exists so far is kept.';
  if (!failed?.error) {
    return `Fork '${forkName}' was not created. ${outcome}`;
  }
  const { message, action } = failed.error;
  return `Fork '${forkName}' stopped at step '${failed.id}': ${asSentence(message)} ${outcome} ${asSentence(action)}`;
}

function asSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
