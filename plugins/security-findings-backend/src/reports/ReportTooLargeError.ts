import { CustomErrorBase } from '@backstage/errors';

/**
 * A report is larger than what is taken. Backstage answers with the status.
 */
export class ReportTooLargeError extends CustomErrorBase {
  name = 'ReportTooLargeError' as const;
  readonly statusCode = 413;
}
