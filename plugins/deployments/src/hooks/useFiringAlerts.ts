import { useApi } from '@backstage/frontend-plugin-api';
import { useMay, useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  alertReadPermission,
  incidentsSignalChannel,
} from '@forkyard/plugin-incidents-common';
import { alertsApiRef } from '../api/alertsApiRef';
import type { FiringAlerts } from '../presentation/firingWords';

const LIMIT = 25;

/**
 * Keeps up to date what fires at an entity, acknowledged alerts included.
 * Nothing while that is not known: the reader may not see it, or the portal has
 * no alerts.
 */
export function useFiringAlerts(entityRef: string): FiringAlerts | undefined {
  const api = useApi(alertsApiRef);
  const mayRead = useMay(alertReadPermission, entityRef, { meanwhile: false });
  const { value } = useSignalOrPoll({
    channel: incidentsSignalChannel(entityRef),
    key: `${entityRef} ${mayRead}`,
    pollMs: 10_000,
    load: async signal => {
      if (!mayRead) return undefined;
      const { items, nextCursor } = await api.listAlerts(
        { entityRef, states: ['firing', 'acknowledged'], limit: LIMIT },
        { signal },
      );
      if (items.length === 0) return undefined;
      const hasMore = nextCursor !== undefined;
      // Of those that are not listed, the worst is assumed.
      const wakes =
        hasMore || items.some(({ severity }) => severity === 'page');
      return {
        count: items.length,
        hasMore,
        severity: wakes ? ('page' as const) : ('ticket' as const),
      };
    },
  });
  return value;
}
