import { useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  incidentsSignalChannel,
  type RunbookRun,
  type RunbookRunDetails,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../api/incidentsApiRef';

/** Keeps one run up to date while it goes on. */
export function useRun(entityRef: string, id: string) {
  const api = useApi(incidentsApiRef);
  return useSignalOrPoll<RunbookRunDetails>({
    channel: incidentsSignalChannel(entityRef),
    key: id,
    pollMs: run => (run && isOver(run) ? false : 2_000),
    load: signal => api.getRun({ id }, { signal }),
  });
}

/** Keeps the newest runs of an entity up to date. */
export function useRuns(entityRef: string) {
  const api = useApi(incidentsApiRef);
  return useSignalOrPoll<RunbookRun[]>({
    channel: incidentsSignalChannel(entityRef),
    key: entityRef,
    pollMs: 15_000,
    load: async signal => {
      const { items } = await api.listRuns({ entityRef, limit: 5 }, { signal });
      return items;
    },
  });
}

export function isOver({ state }: RunbookRun): boolean {
  return ['succeeded', 'failed', 'canceled'].includes(state);
}
