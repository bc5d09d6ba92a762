import { setTimeout as sleep } from 'node:timers/promises';
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

/** The other system took longer than we wait. */
class UpstreamTimeoutError extends Error {
  name = 'UpstreamTimeoutError' as const;
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
      return await runWithinTime(call, timeoutMs);
    } catch (error) {
      call.signal?.throwIfAborted();
      const failure =
        error instanceof UpstreamTimeoutError
          ? { message: error.message }
          : call.describe(error);
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
    await sleep(durationMs, undefined, { signal });
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

/**
 * Runs the call once. The signal asks the client to end; whether or not it does,
 * and whatever it then throws, the time is over when it is over.
 */
async function runWithinTime<T>(
  call: Pick<UpstreamCall<T>, 'run' | 'signal'>,
  timeoutMs: number,
): Promise<T> {
  const controller = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () =>
      reject(controller.signal.reason),
    );
  });
  const onAbort = () => controller.abort(call.signal?.reason);
  call.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(
    () =>
      controller.abort(
        new UpstreamTimeoutError(`no answer within ${timeoutMs / 1000} s`),
      ),
    timeoutMs,
  );
  try {
    return await Promise.race([
      aborted,
      call.run({ signal: controller.signal }),
    ]);
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', onAbort);
  }
}
