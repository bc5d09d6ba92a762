import type { z } from 'zod';
import {
  callUpstream,
  parseRetryAfter,
  type UpstreamLimits,
} from './callUpstream';
import type { VercelClient } from './createVercelClient';
import {
  parseAnswer,
  UnexpectedAnswerError,
  type UpstreamFailure,
} from './upstreamErrors';

/** What a function of `@vercel/sdk/funcs` resolves to. */
type SdkResult<T> = { ok: true; value: T } | { ok: false; error: unknown };

/**
 * One call of a function of `@vercel/sdk/funcs`.
 */
export interface VercelCall<TSchema extends z.ZodType> {
  /** Verb and object, for example `create project 'shop'`. */
  what: string;
  /** Pass the second argument on as the function's request options. */
  run(
    core: VercelClient['core'],
    options: { fetchOptions: { signal: AbortSignal } },
  ): Promise<SdkResult<unknown>>;
  /**
   * The fields of the answer that the caller uses. An answer without them is
   * garbage, and treated as no answer.
   */
  schema: TSchema;
  /** See `UpstreamCall`. */
  retry?: 'always' | 'never';
  signal?: AbortSignal;
  limits?: UpstreamLimits;
}

/**
 * Calls Vercel, tolerating answers that the SDK's own schema rejects.
 *
 * The SDK validates whole answers and fails when Vercel adds an enum value or
 * drops a field that nobody here reads, although the call took effect. So a
 * 2xx is a success, and what must hold is the caller's own schema. The drift is
 * logged.
 *
 * Throws `NotFoundError`, `ConflictError` and `InputError` for what the request
 * brought about, and `ServiceUnavailableError` for everything else.
 *
 * @example
 *
 * ```ts
 * const { id } = await callVercel(client, {
 *   what: `read project '${name}'`,
 *   run: (core, options) =>
 *     projectsGetProject(core, { idOrName: name, teamId: client.teamId }, options),
 *   schema: z.object({ id: z.string().min(1) }),
 * });
 * ```
 */
export async function callVercel<TSchema extends z.ZodType>(
  client: VercelClient,
  call: VercelCall<TSchema>,
): Promise<z.output<TSchema>> {
  return callUpstream({
    system: 'Vercel',
    what: call.what,
    credentialsHint:
      "Check that 'vercel.token' is valid and may act on the team in 'vercel.teamId'.",
    retry: call.retry,
    signal: call.signal,
    logger: client.logger,
    limits: { ...client.limits, ...call.limits },
    describe: describeVercelError,
    run: async ({ signal }) => {
      const result = await call.run(client.core, { fetchOptions: { signal } });
      const value = result.ok
        ? result.value
        : readTolerantly(result.error, () =>
            client.logger?.warn(
              `Vercel's answer to '${call.what}' differs from the SDK's schema; it was used all the same`,
            ),
          );
      return parseAnswer(call.schema, value);
    },
  });
}

/** What no function of the SDK asks for. */
export interface VercelFetch<TSchema extends z.ZodType> extends Omit<
  VercelCall<TSchema>,
  'run'
> {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Begins with a slash; the team is added. */
  path: string;
  body?: unknown;
}

/**
 * Calls an endpoint that the SDK has no function for, as {@link callVercel}
 * does.
 */
export async function fetchVercel<TSchema extends z.ZodType>(
  client: VercelClient,
  call: VercelFetch<TSchema>,
): Promise<z.output<TSchema>> {
  const { method = 'GET', path, body, ...rest } = call;
  const url = new URL(`${client.apiBaseUrl}${path}`);
  if (client.teamId) url.searchParams.set('teamId', client.teamId);
  return callVercel(client, {
    ...rest,
    run: async (_core, { fetchOptions }) => {
      const response = await fetch(url, {
        ...fetchOptions,
        method,
        headers: {
          authorization: `Bearer ${client.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) {
        return { ok: false, error: toHttpError(response, text) };
      }
      return { ok: true, value: text === '' ? undefined : JSON.parse(text) };
    },
  });
}

function toHttpError({ status, headers }: Response, body: string): Error {
  return Object.assign(new Error(`Status ${status}`), {
    statusCode: status,
    headers,
    body,
  } satisfies HttpError);
}

interface HttpError {
  statusCode: number;
  body: string;
  headers?: Headers;
  rawValue?: unknown;
}

function isHttpError(error: unknown): error is HttpError {
  return (
    error instanceof Error &&
    typeof (error as { statusCode?: unknown }).statusCode === 'number'
  );
}

function readTolerantly(error: unknown, onDrift: () => void): unknown {
  if (!isHttpError(error) || error.statusCode < 200 || error.statusCode > 299) {
    throw error;
  }
  onDrift();
  if (error.rawValue !== undefined) return error.rawValue;
  if (error.body === '') return undefined;
  try {
    return JSON.parse(error.body);
  } catch {
    throw new UnexpectedAnswerError();
  }
}

function describeVercelError(error: unknown): UpstreamFailure {
  if (isHttpError(error)) {
    return {
      status: error.statusCode,
      message: readMessage(error.body),
      retryAfterSeconds: parseRetryAfter(error.headers?.get('retry-after')),
    };
  }
  if (error instanceof UnexpectedAnswerError || error instanceof SyntaxError) {
    return {
      message:
        error instanceof UnexpectedAnswerError
          ? error.message
          : 'its answer is no JSON',
    };
  }
  return { message: describeConnectionError(error) };
}

/** Vercel's errors are `{ error: { code, message } }`. */
function readMessage(body: string): string {
  try {
    const parsed = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof parsed.error?.message === 'string'
      ? parsed.error.message
      : '';
  } catch {
    return '';
  }
}

/**
 * Finds the words that tell most: the innermost cause, for example
 * `connect ECONNREFUSED 127.0.0.1:4392` beneath `fetch failed`.
 */
export function describeConnectionError(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) {
    current = current.cause;
  }
  return current instanceof Error
    ? current.message || current.name
    : String(current);
}
