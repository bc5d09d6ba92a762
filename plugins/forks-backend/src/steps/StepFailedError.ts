import type { StepError } from '@forkyard/plugin-forks-common';

/**
 * A step cannot be done, and it is known why and what to do about it.
 */
export class StepFailedError extends Error implements StepError {
  name = 'StepFailedError' as const;
  readonly action: string;
  readonly retryable: boolean;

  constructor(error: StepError) {
    super(error.message);
    this.action = error.action;
    this.retryable = error.retryable;
  }
}
