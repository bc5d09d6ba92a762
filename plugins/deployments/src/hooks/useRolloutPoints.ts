import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type Rollout,
  type RolloutPoint,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';
import { hasEnded } from '../presentation/rolloutWords';

/** Keeps the history of a rollout's traffic up to date, until it has ended. */
export function useRolloutPoints(
  rollout: Rollout,
): SignalOrPollResult<RolloutPoint[]> {
  const api = useApi(rolloutsApiRef);
  const { id, entityRef } = rollout;
  return useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    // Its end may bring a last point.
    key: `${id} ${hasEnded(rollout)}`,
    keepPrevious: true,
    load: async signal =>
      (await api.listRolloutPoints({ id }, { signal })).items,
    pollMs: () => (hasEnded(rollout) ? false : 3_000),
  });
}
