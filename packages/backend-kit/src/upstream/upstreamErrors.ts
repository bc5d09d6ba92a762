import {
  ConflictError,
  InputError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { z } from 'zod';

/**
 * What went wrong with a call to another system, whatever client made it.
 */
export interface UpstreamFailure {
  /** HTTP status; absent when no usable answer arrived. */
  status?: number;
  /** The other system's own words, fit for a user. */
  message: string;
  /** From `Retry-After`, when the other system named a time. */
  retryAfterSeconds?: number;
}

/**
 * An upstream failure with the context in which it happened.
 */
export interface UpstreamContext {
  /** For example `Vercel`. */
  system: string;
  /** Verb and object, for example `create project 'shop'`. */
  what: string;
  /** Which token or scope to check when the call is refused. */
  credentialsHint: string;
}

/**
 * The answer has a good status and a body that cannot be used.
 */
export class UnexpectedAnswerError extends Error {
  name = 'UnexpectedAnswerError' as const;

  constructor(fields: string[] = []) {
    super(
      `its answer makes no sense${fields.length ? ` (at ${fields.join(', ')})` : ''}`,
    );
  }
}

/**
 * Takes from an answer the fields that we use, and throws
 * {@link UnexpectedAnswerError} when they are not there.
 */
export function parseAnswer<TSchema extends z.ZodType>(
  schema: TSchema,
  answer: unknown,
): z.output<TSchema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new UnexpectedAnswerError(
    result.error.issues.map(({ path }) => path.join('.')).filter(Boolean),
  );
}

const upstreamFailures = new WeakMap<Error, UpstreamFailure>();

/**
 * Turns an upstream failure into an error of ours.
 *
 * Backstage's error middleware passes an upstream status on as our own, so that
 * a provider's 401 would end the *user's* session; therefore nothing here
 * carries a `status`. The cause is attached without being repeated in the
 * message, which users read.
 */
export function toServiceError(
  failure: UpstreamFailure,
  context: UpstreamContext,
  cause?: unknown,
): Error {
  const error = createError(failure, context);
  Object.defineProperty(error, 'cause', { value: cause, enumerable: false });
  upstreamFailures.set(error, failure);
  return error;
}

/**
 * Finds the upstream failure behind an error made by {@link toServiceError}.
 */
export function findUpstreamFailure(
  error: unknown,
): UpstreamFailure | undefined {
  return error instanceof Error ? upstreamFailures.get(error) : undefined;
}

function createError(
  { status, message, retryAfterSeconds }: UpstreamFailure,
  { system, what, credentialsHint }: UpstreamContext,
): Error {
  const said = message ? `: ${message.replace(/\.$/, '')}` : '';
  switch (status) {
    case 400:
    case 422:
      return new InputError(`${system} did not accept to ${what}${said}.`);
    case 401:
    case 403:
      return new ServiceUnavailableError(
        `${system} refused to ${what} (${status})${said}. ${credentialsHint}`,
      );
    case 402:
      return new ServiceUnavailableError(
        `${system} refused to ${what}${said}. The plan or the quota of the account does not allow it.`,
      );
    case 404:
    case 410:
      return new NotFoundError(
        `${system} has nothing to ${what} with${said}. It was deleted, or our credentials cannot see it.`,
      );
    case 409:
      return new ConflictError(`${system} could not ${what}${said}.`);
    case 429:
      return new ServiceUnavailableError(
        `${system} is limiting our requests and did not ${what}${said}. Try again in ${retryAfterSeconds ?? 60} s.`,
      );
    case undefined:
      return new ServiceUnavailableError(
        `${system} did not ${what}${said}. Check that it is reachable, then try again.`,
      );
    default:
      return new ServiceUnavailableError(
        `${system} failed to ${what} (${status})${said}. Try again; if it lasts, look at its status page.`,
      );
  }
}
