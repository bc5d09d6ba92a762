import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  incidentsSignalChannel,
  type Alert,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../api/incidentsApiRef';

export interface EntityAlerts {
  /** Those that are not resolved, pages first, then the newest. */
  open: Alert[];
  /** Whether there are more of them than that. */
  hasMore: boolean;
  /** The newest of those that are. */
  resolved: Alert[];
}

/** Keeps the alerts of an entity up to date. */
export function useEntityAlerts(
  entityRef: string,
): SignalOrPollResult<EntityAlerts> {
  const api = useApi(incidentsApiRef);
  return useSignalOrPoll({
    channel: incidentsSignalChannel(entityRef),
    key: entityRef,
    pollMs: 10_000,
    load: async signal => {
      const [open, resolved] = await Promise.all([
        api.listAlerts(
          { entityRef, states: ['firing', 'acknowledged'], limit: 100 },
          { signal },
        ),
        api.listAlerts(
          { entityRef, states: ['resolved'], limit: 10 },
          { signal },
        ),
      ]);
      return {
        open: [...open.items].sort(pagesFirst),
        hasMore: Boolean(open.nextCursor),
        resolved: resolved.items,
      };
    },
  });
}

function pagesFirst(a: Alert, b: Alert): number {
  return (
    Number(b.severity === 'page') - Number(a.severity === 'page') ||
    b.startsAt.localeCompare(a.startsAt)
  );
}
