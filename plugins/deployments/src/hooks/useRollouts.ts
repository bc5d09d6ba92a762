import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type Rollout,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';

/** Keeps the rollouts of an entity that have not ended up to date. */
export function useRollouts(entityRef: string): SignalOrPollResult<Rollout[]> {
  const api = useApi(rolloutsApiRef);
  return useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: entityRef,
    load: async signal => {
      const request = { entityRef, active: true, limit: 25 };
      return (await api.listRollouts(request, { signal })).items;
    },
    pollMs: rollouts => (rollouts?.length ? 3_000 : 20_000),
  });
}
