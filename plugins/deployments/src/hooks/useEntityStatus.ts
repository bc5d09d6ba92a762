import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { isMoving } from '../presentation/environmentSummary';

const calmPollMs = 20_000;
const movingPollMs = 3_000;

/** Keeps what an entity's environments serve up to date. */
export function useEntityStatus(
  entityRef: string,
): SignalOrPollResult<EntityDeploymentStatus> {
  const api = useApi(deploymentsApiRef);
  return useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: entityRef,
    load: signal => api.getEntityStatus({ entityRef }, { signal }),
    pollMs: status => (isMoving(status) ? movingPollMs : calmPollMs),
  });
}
