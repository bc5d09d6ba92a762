import { CustomErrorBase } from '@backstage/errors';

/** Says that a body is longer than what is read; answered with 413. */
export class PayloadTooLargeError extends CustomErrorBase {
  name = 'PayloadTooLargeError' as const;
  readonly statusCode = 413;
}
