import {
  ConflictError,
  InputError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { findUpstreamFailure } from '@forkyard/backend-kit';
import type { StepError } from '@forkyard/plugin-forks-common';
import { DiskFullError } from '../sources/GitCommand';
import { StepFailedError } from '../steps/StepFailedError';

/** A step took longer than it may. */
export class StepTimeoutError extends Error {
  name = 'StepTimeoutError' as const;
}

/**
 * Says for the person who pressed Create what failed and what to do, and
 * whether it may pass by itself within seconds.
 */
export function describeStepError(error: unknown): {
  error: StepError;
  transient: boolean;
} {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof StepFailedError) {
    const { action, retryable } = error;
    return { error: { message, action, retryable }, transient: false };
  }
  if (error instanceof DiskFullError) {
    return final(
      message,
      'Nothing is lost. Have the operators free some space, then resume',
    );
  }
  if (error instanceof StepTimeoutError) {
    return final(message, 'Resume to go on waiting, or unwind');
  }
  if (error instanceof ServiceUnavailableError) {
    return describeUnavailable(error, message);
  }
  if (error instanceof InputError || error instanceof ConflictError) {
    return {
      error: {
        message,
        action: 'Unwind, and create the fork again with what is named changed',
        retryable: false,
      },
      transient: false,
    };
  }
  if (error instanceof NotFoundError) {
    return final(message, 'Restore what is missing and resume, or unwind');
  }
  return final(
    `Something unexpected went wrong: ${message}`,
    'Resume; if it fails again, tell the operators the id of this provisioning',
  );
}

function describeUnavailable(error: Error, message: string) {
  const failure = findUpstreamFailure(error);
  if (failure?.status === 401 || failure?.status === 403) {
    return final(
      message,
      'Have the operators mend the credentials of the portal, then resume',
    );
  }
  const described = final(message, 'Resume once it answers again, or unwind');
  return {
    ...described,
    transient:
      failure !== undefined &&
      (failure.status === undefined ||
        failure.status === 429 ||
        failure.status >= 500),
  };
}

function final(message: string, action: string) {
  return { error: { message, action, retryable: true }, transient: false };
}
