import { useCallback, useState } from 'react';

/** Does something once at a time, and remembers why it failed. */
export function useAction<TArguments extends unknown[]>(
  act: (...given: TArguments) => Promise<unknown>,
): {
  running: boolean;
  error?: unknown;
  run: (...given: TArguments) => Promise<void>;
} {
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = useCallback(
    async (...given: TArguments) => {
      setRunning(true);
      setError(undefined);
      try {
        await act(...given);
      } catch (caught) {
        setError(caught);
      } finally {
        setRunning(false);
      }
    },
    [act],
  );
  return { running, error, run };
}
