import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** An error whose message is meant for the person at the other end. */
export class Problem extends Error {
  readonly status: ContentfulStatusCode;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;

  constructor(
    status: ContentfulStatusCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Problem';
    this.status = status;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
