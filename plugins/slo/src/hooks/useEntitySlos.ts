import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import { sloSignalChannel, type EntitySlos } from '@forkyard/plugin-slo-common';
import { sloApiRef } from '../api/apiRefs';

/** Keeps how an entity's SLOs stand up to date. */
export function useEntitySlos(
  entityRef: string,
): SignalOrPollResult<EntitySlos> {
  const api = useApi(sloApiRef);
  return useSignalOrPoll({
    channel: sloSignalChannel(entityRef),
    key: entityRef,
    load: signal => api.listSlos({ entityRef }, { signal }),
    pollMs: 15_000,
  });
}
