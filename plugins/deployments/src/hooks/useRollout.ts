import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';
import { hasEnded } from '../presentation/rolloutWords';

const activePollMs = 2_000;
const endedPollMs = 60_000;

/** Keeps one rollout, with its transitions and approvals, up to date. */
export function useRollout(
  entityRef: string,
  id: string,
): SignalOrPollResult<RolloutDetail> {
  const api = useApi(rolloutsApiRef);
  return useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: id,
    load: signal => api.getRollout({ id }, { signal }),
    pollMs: rollout =>
      rollout && hasEnded(rollout) ? endedPollMs : activePollMs,
  });
}
