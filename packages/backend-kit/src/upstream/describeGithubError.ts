import { parseRetryAfter } from './callUpstream';
import { describeConnectionError } from './callVercel';
import { UnexpectedAnswerError, type UpstreamFailure } from './upstreamErrors';

interface RequestError extends Error {
  status: number;
  /** Absent when no answer arrived; the status is then made up. */
  response?: {
    headers: Record<string, string | number | undefined>;
    data?: {
      message?: unknown;
      errors?: Array<{ message?: unknown } | string>;
    };
  };
}

/**
 * Describes an error of Octokit for `callUpstream`. A spent rate limit, which
 * comes as a 403, is a 429.
 */
export function describeGithubError(error: unknown): UpstreamFailure {
  const { response, status } = error as RequestError;
  if (!response) {
    return {
      message:
        error instanceof UnexpectedAnswerError
          ? error.message
          : describeConnectionError(error),
    };
  }
  const { headers } = response;
  const isLimit =
    status === 403 &&
    (headers['retry-after'] !== undefined ||
      String(headers['x-ratelimit-remaining']) === '0');
  return {
    status: isLimit ? 429 : status,
    message: readMessage(response),
    retryAfterSeconds:
      parseRetryAfter(headers['retry-after']?.toString()) ??
      (isLimit ? secondsUntil(headers['x-ratelimit-reset']) : undefined),
  };
}

/** `Validation Failed` tells nothing without the errors beneath. */
function readMessage(response: NonNullable<RequestError['response']>): string {
  const { message, errors } = response.data ?? {};
  const details = (Array.isArray(errors) ? errors : []).flatMap(detail => {
    const text = typeof detail === 'string' ? detail : detail?.message;
    return typeof text === 'string' ? [text] : [];
  });
  return [typeof message === 'string' ? message : '', ...details]
    .filter(Boolean)
    .join(': ');
}

function secondsUntil(reset: string | number | undefined): number | undefined {
  const at = Number(reset);
  return at ? Math.max(0, Math.ceil(at - Date.now() / 1000)) : undefined;
}
