import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  callUpstream,
  describeConnectionError,
  parseAnswer,
  parseRetryAfter,
  UnexpectedAnswerError,
  type UpstreamFailure,
  type UpstreamLimits,
} from '@forkyard/backend-kit';
import type { Octokit } from '@octokit/rest';
import type { z } from 'zod';

/** One call of GitHub's REST API. */
export interface GithubCall<TSchema extends z.ZodType> {
  /** Verb and object, for example `create repository 'acme/shop'`. */
  what: string;
  /** Pass the second argument on as `request`. */
  run(
    octokit: Octokit,
    request: { signal: AbortSignal },
  ): Promise<{ data: unknown }>;
  /** The fields of the answer that the caller uses. */
  schema: TSchema;
  retry?: 'always' | 'never';
  signal?: AbortSignal;
}

/** What {@link callGithub} needs of its surroundings. */
export interface GithubConnection {
  getOctokit(): Promise<Octokit>;
  /** Where the token comes from, for the error message. */
  credentialsHint: string;
  logger?: LoggerService;
  limits?: UpstreamLimits;
}

/**
 * Calls GitHub with a time limit, bounded retries and our errors.
 */
export async function callGithub<TSchema extends z.ZodType>(
  connection: GithubConnection,
  call: GithubCall<TSchema>,
): Promise<z.output<TSchema>> {
  return callUpstream({
    system: 'GitHub',
    what: call.what,
    credentialsHint: connection.credentialsHint,
    retry: call.retry,
    signal: call.signal,
    logger: connection.logger,
    limits: connection.limits,
    describe: describeGithubError,
    run: async ({ signal }) => {
      const octokit = await connection.getOctokit();
      const { data } = await call.run(octokit, { signal });
      return parseAnswer(call.schema, data);
    },
  });
}

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

function describeGithubError(error: unknown): UpstreamFailure {
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
