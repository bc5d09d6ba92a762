import type { ResponseError } from '@backstage/errors';

/** What a reader needs to know about an error. @public */
export interface ErrorDescription {
  kind: 'denied' | 'not-found' | 'unavailable' | 'network' | 'other';
  /** A sentence: what failed, in the backend's own words when it has any. */
  message: string;
  /** What the reader can do. */
  action: string;
  statusCode?: number;
  /** `GET /api/forks/forks`, when the error came as an answer. */
  request?: string;
  /** To quote when asking for help. */
  requestId?: string;
}

const requestIdHeaders = ['x-request-id', 'x-vercel-id', 'traceparent'];

/**
 * Reads from any error what failed and what can be done about it.
 *
 * @public
 */
export function describeError(error: unknown): ErrorDescription {
  if (isResponseError(error)) return describeResponse(error);
  const message = error instanceof Error ? error.message : String(error);
  if (
    error instanceof TypeError &&
    /fetch|network|load failed/i.test(message)
  ) {
    return {
      kind: 'network',
      message: 'The portal could not be reached',
      action: 'Check your connection, then try again.',
    };
  }
  return { kind: 'other', message, action: 'Try again.' };
}

function describeResponse(error: ResponseError): ErrorDescription {
  const { statusCode, body, response } = error;
  const common = {
    message: body?.error?.message || error.message,
    statusCode,
    request: body?.request
      ? `${body.request.method} ${body.request.url}`
      : undefined,
    requestId: requestIdHeaders
      .map(name => response?.headers?.get(name) ?? undefined)
      .find(id => id),
  };
  switch (statusCode) {
    case 401:
      return {
        ...common,
        kind: 'denied',
        action: 'Your session has ended: sign in again.',
      };
    case 403:
      return {
        ...common,
        kind: 'denied',
        action:
          'Ask its owner, or an administrator of this portal, for access.',
      };
    case 404:
      return {
        ...common,
        kind: 'not-found',
        action: 'It may have been deleted or renamed. Check the address.',
      };
    case 429:
    case 502:
    case 503:
    case 504:
      return {
        ...common,
        kind: 'unavailable',
        action: 'This usually passes. Wait a moment, then try again.',
      };
    default:
      return { ...common, kind: 'other', action: 'Try again.' };
  }
}

/** Tells a `ResponseError` by its shape, because packages may hold two copies of its class. */
function isResponseError(error: unknown): error is ResponseError {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    'body' in error
  );
}
