import { useCallback, useEffect, useState } from 'react';
import type { Rollout } from '@forkyard/plugin-deployments-common';

/**
 * Keeps the rollouts that were active while the reader looked, so that how they
 * ended does not vanish from under their eyes.
 */
export function useFollowedRollouts(active: Rollout[] | undefined): {
  ids: string[];
  forget: (id: string) => void;
} {
  const [ids, setIds] = useState<string[]>([]);
  useEffect(() => {
    const moving = (active ?? [])
      .filter(({ state }) => state !== 'queued')
      .map(({ id }) => id);
    setIds(before => {
      const fresh = moving.filter(id => !before.includes(id));
      return fresh.length > 0 ? [...fresh, ...before] : before;
    });
  }, [active]);
  const forget = useCallback(
    (id: string) => setIds(before => before.filter(known => known !== id)),
    [],
  );
  return { ids, forget };
}
