import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  incidentsSignalChannel,
  type Alert,
  type IncidentsApi,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../api/incidentsApiRef';

/** `alert` is absent when no alert of the entity has that name. */
export interface NamedAlert {
  alert?: Alert;
}

/**
 * Finds the alert that an address names: by its id, or, in links from elsewhere,
 * by the id that its source gave it. Asks again until it is known here.
 */
export function useNamedAlert(
  entityRef: string,
  name: string | undefined,
): SignalOrPollResult<NamedAlert> {
  const api = useApi(incidentsApiRef);
  return useSignalOrPoll<NamedAlert>({
    channel: incidentsSignalChannel(entityRef),
    key: `${entityRef} ${name ?? ''}`,
    pollMs: found => (name && !found?.alert ? 10_000 : false),
    load: async signal => ({
      alert: name
        ? await findAlert(api, { entityRef, name }, signal)
        : undefined,
    }),
  });
}

async function findAlert(
  api: IncidentsApi,
  { entityRef, name }: { entityRef: string; name: string },
  signal: AbortSignal,
): Promise<Alert | undefined> {
  // What happened again has the same fingerprint: the one that fires is meant.
  for (const states of [['firing', 'acknowledged'], ['resolved']] as const) {
    const { items } = await api.listAlerts(
      { entityRef, states: [...states], limit: 100 },
      { signal },
    );
    const found =
      items.find(({ id }) => id === name) ??
      items.find(({ fingerprint }) => fingerprint === name);
    if (found) return found;
  }
  const older = await api.getAlert({ id: name }, { signal }).catch(orUnknown);
  return older?.entityRef === entityRef ? older : undefined;
}

/** What is no id, belongs to others or does not exist is not known here. */
function orUnknown(error: unknown): undefined {
  const status =
    error instanceof Error && 'statusCode' in error ? error.statusCode : 0;
  if (status === 400 || status === 403 || status === 404) return undefined;
  throw error;
}
