import { setTimeout } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  toServiceError,
  type UpstreamContext,
  type UpstreamFailure,
} from './upstreamErrors';

/**
 * One call to another system and how to judge its failure.
 */
export interface UpstreamCall<T> extends UpstreamContext {
  /** Makes the call once; the signal ends it when its time is over. */
  run(options: { signal: AbortSignal }): Promise<T>;
  /** Reads the failure out of what `run` threw. */
  describe(error: unknown): UpstreamFailure;
  /**
   * `never` for a call that must not happen twice when its reply is lost; the
   * caller then looks whether it took effect. A 429 is retried anyway, because
   * it had no effect. Default `always`.
   */
  retry?: 'always' | 'never';
  signal?: AbortSignal;
  logger?: LoggerService;
  limits?: UpstreamLimits;
}

/**
 * Bounds on the patience with another system.
 */
export interface UpstreamLimits {
  /** Default 3. */
  maxAttempts?: number;
  /** Time for one attempt, default 20 s. */
  timeoutMs?: number;
  /** Longest `Retry-After` that is waited out, default 20 s. */
  maxRetryAfterSeconds?: number;
  /** First pause, doubled each time, default 250 ms. */
  initialBackoffMs?: number;
}

/**
 * Calls another system with a time limit and bounded retries.
 *
 * Retries what may pass by itself: no answer, garbage, 408, 429 and 5xx. Throws
 * the errors of {@link toServiceError}, and the signal's reason when aborted.
 */
export async function callUpstream<T>(call: UpstreamCall<T>): Promise<T> {
  const {
    maxAttempts = 3,
    timeoutMs = 20_000,
    maxRetryAfterSeconds = 20,
    initialBackoffMs = 250,
  } = call.limits ?? {};
  for (let attempt = 1; ; attempt++) {
    call.signal?.throwIfAborted();
    try {
      return await call.run({ signal: limitSignal(call.signal, timeoutMs) });
    } catch (error) {
      call.signal?.throwIfAborted();
      const failure = describeTimeout(error, timeoutMs) ?? call.describe(error);
      const pauseMs =
        failure.retryAfterSeconds === undefined
          ? initialBackoffMs * 2 ** (attempt - 1)
          : failure.retryAfterSeconds * 1000;
      if (
        attempt >= maxAttempts ||
        pauseMs > maxRetryAfterSeconds * 1000 ||
        !mayRetry(failure, call.retry)
      ) {
        throw toServiceError(failure, call, error);
      }
      call.logger?.warn(
        `${call.system} did not ${call.what}, attempt ${attempt} of ${maxAttempts}; trying again in ${pauseMs} ms: ${failure.message}`,
      );
      await wait(pauseMs, call.signal);
    }
  }
}

/**
 * Waits, or throws the signal's reason when it is aborted meanwhile.
 */
export async function wait(
  durationMs: number,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await setTimeout(durationMs, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Reads `Retry-After`, which is a number of seconds or a date.
 */
export function parseRetryAfter(
  value: string | null | undefined,
): number | undefined {
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(value);
  return Number.isNaN(at)
    ? undefined
    : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function mayRetry(
  { status }: UpstreamFailure,
  retry: 'always' | 'never' = 'always',
) {
  if (status === 429) return true;
  if (retry === 'never') return false;
  return status === undefined || status === 408 || status >= 500;
}

function limitSignal(signal: AbortSignal | undefined, timeoutMs: number) {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Clients wrap the signal's reason in errors of their own, so look beneath. */
function describeTimeout(
  error: unknown,
  timeoutMs: number,
): UpstreamFailure | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (/^(TimeoutError|RequestTimeoutError)$/.test(current.name)) {
      return { message: `no answer within ${timeoutMs / 1000} s` };
    }
  }
  return undefined;
}
