import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** The rollout that the address names, so that it can be shared. */
export function useRolloutInAddress(): {
  id: string | undefined;
  open: (id: string) => void;
  close: () => void;
} {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (id: string | undefined) =>
      setSearch(before => {
        const after = new URLSearchParams(before);
        if (id) after.set('rollout', id);
        else after.delete('rollout');
        return after;
      }),
    [setSearch],
  );
  return {
    id: search.get('rollout') || undefined,
    open: change,
    close: useCallback(() => change(undefined), [change]),
  };
}
