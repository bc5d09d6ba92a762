import { useCallback, useRef, useState } from 'react';

export interface OlderPages {
  load: () => void;
  loading: boolean;
  error?: Error;
}

/** Loads one more page of a list on request; another list begins anew. */
export function useOlderPages(
  key: string,
  loadPage: () => Promise<void>,
): OlderPages {
  const [state, setState] = useState<{
    key: string;
    loading: boolean;
    error?: Error;
  }>();
  const latest = useRef(loadPage);
  latest.current = loadPage;
  const load = useCallback(() => {
    setState({ key, loading: true });
    latest.current().then(
      () => setState({ key, loading: false }),
      error => setState({ key, loading: false, error }),
    );
  }, [key]);
  const current = state?.key === key ? state : undefined;
  return { load, loading: Boolean(current?.loading), error: current?.error };
}
