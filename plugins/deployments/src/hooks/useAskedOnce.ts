import { useEffect, useRef, useState } from 'react';

/**
 * Asks once for each key. Nothing while the answer is not known, also when it
 * cannot be asked; without a key nothing is asked.
 */
export function useAskedOnce<TAnswer>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<TAnswer>,
): TAnswer | undefined {
  const [answered, setAnswered] = useState<{ key: string; answer: TAnswer }>();
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (key === undefined) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    latest.current(signal).then(
      answer => signal.aborted || setAnswered({ key, answer }),
      () => undefined,
    );
    return () => controller.abort();
  }, [key]);
  return answered && answered.key === key ? answered.answer : undefined;
}
