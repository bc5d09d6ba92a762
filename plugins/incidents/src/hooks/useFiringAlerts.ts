import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  INCIDENTS_FIRING_CHANNEL,
  type Alert,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../api/incidentsApiRef';

/** What fires anywhere that the reader may see. */
export interface FiringAlerts {
  mine: Alert[];
  others: Alert[];
  /** Whether more fire than are listed. */
  hasMore: boolean;
}

const shownAlerts = 20;

/** Keeps what fires up to date, the reader's own apart. */
export function useFiringAlerts() {
  const api = useApi(incidentsApiRef);
  const identity = useApi(identityApiRef);
  return useSignalOrPoll<FiringAlerts>({
    channel: INCIDENTS_FIRING_CHANNEL,
    key: 'firing',
    pollMs: 10_000,
    load: async signal => {
      const { ownershipEntityRefs } = await identity
        .getBackstageIdentity()
        // Without an identity nothing is theirs.
        .catch(() => ({ ownershipEntityRefs: [] as string[] }));
      const states = ['firing', 'acknowledged'] as const;
      const [all, own] = await Promise.all([
        api.listAlerts({ states: [...states], limit: shownAlerts }, { signal }),
        ownershipEntityRefs.length > 0
          ? api.listAlerts(
              {
                states: [...states],
                owners: ownershipEntityRefs,
                limit: shownAlerts,
              },
              { signal },
            )
          : { items: [], nextCursor: undefined },
      ]);
      const ids = new Set(own.items.map(({ id }) => id));
      return {
        mine: own.items,
        others: all.items.filter(({ id }) => !ids.has(id)),
        hasMore: Boolean(all.nextCursor ?? own.nextCursor),
      };
    },
  });
}
