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
 * Vercel did not tell: it is accepted, so that a failure to look says nothing
 * about it, and is no reason to stop before.
 */
export async function awaitOutcome(options: {
  /** What was accepted, for example `promotion of 'dpl_1'`. */
  what: string;
  isOver(signal: AbortSignal): Promise<boolean>;
  waiting?: Waiting;
}): Promise<void> {
  const { what, waiting = DEFAULT_WAITING } = options;
  const signal = AbortSignal.timeout(waiting.timeoutMs);
  let isAnswered = false;
  let failure: Error | undefined;
  while (!signal.aborted) {
    try {
      if (await options.isOver(signal)) return;
      isAnswered = true;
      failure = undefined;
    } catch (error) {
      // The last look is cut short by the end of the time.
      if (isUnavailable(error)) failure = error;
      else if (!signal.aborted) throw error;
    }
    await wait(waiting.intervalMs, signal).catch(() => {});
  }
  const seconds = waiting.timeoutMs / 1000;
  throw new ServiceUnavailableError(
    failure || !isAnswered
      ? `Vercel accepted the ${what}, and it is unknown after ${seconds} s whether it has finished it: ${failure?.message ?? 'it did not answer.'} Look again in a minute.`
      : `Vercel accepted the ${what} and had not finished it after ${seconds} s. It may still finish; look again in a minute.`,
    failure,
  );
}

function isUnavailable(error: unknown): error is Error {
  return isError(error) && error.name === 'ServiceUnavailableError';
}
