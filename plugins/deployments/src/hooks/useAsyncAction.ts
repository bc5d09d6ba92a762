import { useCallback, useEffect, useRef, useState } from 'react';

export interface AsyncAction {
  running: boolean;
  error?: Error;
  run: () => void;
}

/** Runs an action on request, once at a time, and keeps why it failed. */
export function useAsyncAction(action: () => Promise<unknown>): AsyncAction {
  const [state, setState] = useState<{ running: boolean; error?: Error }>({
    running: false,
  });
  const latest = useRef(action);
  latest.current = action;
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const run = useCallback(() => {
    setState({ running: true });
    latest.current().then(
      () => mounted.current && setState({ running: false }),
      failure =>
        mounted.current &&
        setState({
          running: false,
          error:
            failure instanceof Error ? failure : new Error(String(failure)),
        }),
    );
  }, []);
  return { ...state, run };
}
