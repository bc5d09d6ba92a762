import { ResponseError } from '@backstage/errors';

/**
 * Tells whether the portal has no such plugin: the backend then answers 404
 * without a word. A plugin that does not know what it is asked for says so by a
 * `NotFoundError`, and nothing follows from that.
 */
export function isPluginAbsent(error: unknown): boolean {
  return (
    error instanceof ResponseError &&
    error.statusCode === 404 &&
    error.body.error.name !== 'NotFoundError'
  );
}
