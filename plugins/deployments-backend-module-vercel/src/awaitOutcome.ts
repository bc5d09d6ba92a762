import { ServiceUnavailableError, isError } from '@backstage/errors';
import { wait } from '@forkyard/backend-kit';

/** How long Vercel may take for what it accepted. */
export interface Waiting {
  timeoutMs: number;
  intervalMs: number;
}

const DEFAULT_WAITING: Waiting = { timeoutMs: 60_000, intervalMs: 500 };

/**
 * Waits until something that Vercel accepted has happened.
 *
 * Throws `ServiceUnavailableError` when it did not happen in time, or when
 * Vercel could not be asked for so long: it is accepted, so that a failure to
 * look says nothing about it.
 */
export async function awaitOutcome(options: {
  /** What was accepted, for example `promotion of 'dpl_1'`. */
  what: string;
  isOver(signal: AbortSignal): Promise<boolean>;
  waiting?: Waiting;
}): Promise<void> {
  const { what, waiting = DEFAULT_WAITING } = options;
  const signal = AbortSignal.timeout(waiting.timeoutMs);
  let failure: unknown;
  while (!signal.aborted) {
    try {
      if (await options.isOver(signal)) return;
      failure = undefined;
    } catch (error) {
      if (!signal.aborted && !isUnavailable(error)) throw error;
      failure ??= error;
    }
    await wait(waiting.intervalMs, signal).catch(() => {});
  }
  const seconds = waiting.timeoutMs / 1000;
  throw new ServiceUnavailableError(
    isUnavailable(failure)
      ? `Vercel accepted the ${what}, and could not be asked for ${seconds} s whether it has finished it: ${failure.message} Look again in a minute.`
      : `Vercel accepted the ${what} and had not finished it after ${seconds} s. It may still finish; look again in a minute.`,
    failure,
  );
}

function isUnavailable(error: unknown): error is Error {
  return isError(error) && error.name === 'ServiceUnavailableError';
}
