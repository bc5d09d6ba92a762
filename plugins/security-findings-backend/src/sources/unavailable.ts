import { ServiceUnavailableError } from '@backstage/errors';

/**
 * Creates an error for users, with the cause attached and not repeated in the
 * message, where it could tell addresses and tokens.
 */
export function unavailable(
  message: string,
  cause: unknown,
): ServiceUnavailableError {
  const error = new ServiceUnavailableError(message);
  Object.defineProperty(error, 'cause', { value: cause, enumerable: false });
  return error;
}
