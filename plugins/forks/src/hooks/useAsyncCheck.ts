import { useEffect, useRef, useState } from 'react';

/** What a check found. */
export interface AsyncCheck<T> {
  value?: T;
  error?: unknown;
  /** Whether the answer for the present key has not come yet. */
  loading: boolean;
  again: () => void;
}

/**
 * Asks once for each key, after a pause in which the key may change again.
 * A late answer for an older key is dropped.
 */
export function useAsyncCheck<T>(options: {
  key: string;
  delayMs: number;
  /** Absent when there is nothing to ask. */
  check?: (signal: AbortSignal) => Promise<T>;
}): AsyncCheck<T> {
  const { key, delayMs } = options;
  const [generation, setGeneration] = useState(0);
  const [answer, setAnswer] = useState<{
    key: string;
    value?: T;
    error?: unknown;
  }>();
  const latest = useRef(options.check);
  latest.current = options.check;
  const isAsked = options.check !== undefined;
  const answerKey = `${generation} ${key}`;

  useEffect(() => {
    if (!isAsked) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      latest.current?.(controller.signal).then(
        value =>
          !controller.signal.aborted && setAnswer({ key: answerKey, value }),
        error =>
          !controller.signal.aborted && setAnswer({ key: answerKey, error }),
      );
    }, delayMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [answerKey, delayMs, isAsked]);

  const current = answer?.key === answerKey ? answer : undefined;
  return {
    value: current?.value,
    error: current?.error,
    loading: isAsked && !current,
    again: () => setGeneration(generation + 1),
  };
}
