import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until there is an answer, or for a minute. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error('It did not happen within a minute');
    await sleep(25);
  }
}
