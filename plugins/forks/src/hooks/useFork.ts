import { useApi } from '@backstage/frontend-plugin-api';
import { FORKS_SIGNAL_CHANNEL } from '@forkyard/plugin-forks-common';
import { describeError, useSignalOrPoll } from '@forkyard/frontend-kit';
import { forksApiRef } from '../api/forksApiRef';

/**
 * Loads a fork and keeps it fresh. A name that the registry does not know is
 * no error: the entity was forked by other means.
 */
export function useFork(name: string) {
  const forksApi = useApi(forksApiRef);
  return useSignalOrPoll({
    channel: FORKS_SIGNAL_CHANNEL,
    key: name,
    pollMs: 15_000,
    load: async signal => {
      try {
        return { fork: await forksApi.getFork({ name }, { signal }) };
      } catch (error) {
        if (describeError(error).kind === 'not-found') {
          return { fork: undefined };
        }
        throw error;
      }
    },
  });
}
