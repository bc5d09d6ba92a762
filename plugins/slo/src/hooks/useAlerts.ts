import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import { sloSignalChannel, type SloAlert } from '@forkyard/plugin-slo-common';
import { sloApiRef } from '../api/apiRefs';

export interface Alerts {
  firing: SloAlert[];
  /** The newest, firing or not. */
  newest: SloAlert[];
}

/** Keeps an entity's alerts up to date. */
export function useAlerts(entityRef: string): SignalOrPollResult<Alerts> {
  const api = useApi(sloApiRef);
  return useSignalOrPoll({
    channel: sloSignalChannel(entityRef),
    key: entityRef,
    load: async signal => {
      const [firing, newest] = await Promise.all([
        api.listAlerts({ entityRef, state: 'firing', limit: 100 }, { signal }),
        api.listAlerts({ entityRef, limit: 100 }, { signal }),
      ]);
      return { firing: firing.items, newest: newest.items };
    },
    pollMs: 15_000,
  });
}
