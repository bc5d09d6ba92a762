import { wait } from '@forkyard/backend-kit';

/**
 * Looks again and again, with growing pauses, until there is something. Ends
 * only by that or by the signal.
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  options: { signal: AbortSignal; firstPauseMs?: number; maxPauseMs?: number },
): Promise<T> {
  const { signal, firstPauseMs = 150, maxPauseMs = 2000 } = options;
  for (
    let pauseMs = firstPauseMs;
    ;
    pauseMs = Math.min(maxPauseMs, pauseMs * 1.3)
  ) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(pauseMs, signal);
  }
}
