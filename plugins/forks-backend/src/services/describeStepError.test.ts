import {
  ConflictError,
  InputError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { toServiceError } from '@forkyard/backend-kit';
import { DiskFullError } from '../sources/GitCommand';
import { StepFailedError } from '../steps/StepFailedError';
import { describeStepError, StepTimeoutError } from './describeStepError';

const upstream = (status?: number) =>
  toServiceError(
    { status, message: 'because' },
    { system: 'Vercel', what: 'do it', credentialsHint: 'Check the token.' },
  );

describe('describeStepError', () => {
  it.each<[unknown, boolean, boolean, RegExp]>([
    [
      new StepFailedError({
        message: 'm',
        action: 'Do this',
        retryable: false,
      }),
      false,
      false,
      /Do this/,
    ],
    [new DiskFullError('full'), true, false, /free some space/],
    [new StepTimeoutError('slow'), true, false, /go on waiting/],
    [upstream(401), true, false, /mend the credentials/],
    [upstream(403), true, false, /mend the credentials/],
    [upstream(undefined), true, true, /answers again/],
    [upstream(429), true, true, /answers again/],
    [upstream(503), true, true, /answers again/],
    [upstream(402), true, false, /answers again/],
    [new ServiceUnavailableError('git'), true, false, /answers again/],
    [new InputError('bad'), false, false, /create the fork again/],
    [new ConflictError('taken'), false, false, /create the fork again/],
    [new NotFoundError('gone'), true, false, /Restore what is missing/],
    [new TypeError('x is undefined'), true, false, /tell the operators/],
    ['text', true, false, /tell the operators/],
  ])(
    'says of %s whether trying again helps and what to do',
    (error, retryable, transient, action) => {
      const described = describeStepError(error);
      expect(described.transient).toBe(transient);
      expect(described.error.retryable).toBe(retryable);
      expect(described.error.action).toMatch(action);
      expect(described.error.message).not.toBe('');
    },
  );
});
