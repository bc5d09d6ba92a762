import { useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  incidentsSignalChannel,
  type EntityRunbooks,
  type Runbook,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../api/incidentsApiRef';

/** Lists the runbooks of an entity. */
export function useRunbooks(entityRef: string) {
  const api = useApi(incidentsApiRef);
  return useSignalOrPoll<EntityRunbooks>({
    channel: incidentsSignalChannel(entityRef),
    key: entityRef,
    pollMs: 60_000,
    load: signal => api.listRunbooks({ entityRef }, { signal }),
  });
}

/** Loads one runbook. */
export function useRunbook(entityRef: string, path: string) {
  const api = useApi(incidentsApiRef);
  return useSignalOrPoll<Runbook>({
    channel: incidentsSignalChannel(entityRef),
    key: `${entityRef} ${path}`,
    pollMs: 60_000,
    load: signal => api.getRunbook({ entityRef, path }, { signal }),
  });
}
