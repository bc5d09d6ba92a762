import { useRef, useState } from 'react';

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
  // A second click may come before the button is drawn as disabled.
  const busy = useRef(false);
  async function run(...given: TArguments) {
    if (busy.current) return;
    busy.current = true;
    setRunning(true);
    setError(undefined);
    try {
      await act(...given);
    } catch (caught) {
      setError(caught);
    } finally {
      busy.current = false;
      setRunning(false);
    }
  }
  return { running, error, run };
}
