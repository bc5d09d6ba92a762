import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  costSignalChannel,
  type EntityCost,
} from '@forkyard/plugin-cost-common';
import { costApiRef } from '../api/costApiRef';

/** Keeps what an entity costs up to date. */
export function useEntityCost(
  entityRef: string,
): SignalOrPollResult<EntityCost> {
  const api = useApi(costApiRef);
  return useSignalOrPoll({
    channel: costSignalChannel(entityRef),
    key: entityRef,
    load: signal => api.getEntityCost({ entityRef }, { signal }),
    pollMs: 20_000,
  });
}
