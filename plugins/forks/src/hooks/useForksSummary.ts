import { useApi } from '@backstage/frontend-plugin-api';
import { FORKS_SIGNAL_CHANNEL } from '@forkyard/plugin-forks-common';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import { forksApiRef } from '../api/forksApiRef';

/** Counts forks by status, and keeps the counts fresh. */
export function useForksSummary() {
  const forksApi = useApi(forksApiRef);
  return useSignalOrPoll({
    channel: FORKS_SIGNAL_CHANNEL,
    key: 'summary',
    pollMs: 15_000,
    load: signal => forksApi.getForksSummary({ signal }),
  });
}
