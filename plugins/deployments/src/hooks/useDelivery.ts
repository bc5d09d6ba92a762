import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type EntityDelivery,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';

/** Keeps up to date how an entity's environments are rolled out, and what holds them. */
export function useDelivery(
  entityRef: string,
): SignalOrPollResult<EntityDelivery> {
  const api = useApi(rolloutsApiRef);
  return useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: entityRef,
    load: signal => api.getDelivery({ entityRef }, { signal }),
    pollMs: 30_000,
  });
}
