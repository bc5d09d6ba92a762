import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type DoraDays,
  type DoraReport,
  type DoraScope,
} from '@forkyard/plugin-deployments-common';
import { doraApiRef } from '../api/doraApiRef';

/** Keeps the report of an entity, a team or a system up to date. */
export function useDoraReport(
  scope: DoraScope,
  days: DoraDays,
): SignalOrPollResult<DoraReport> {
  const api = useApi(doraApiRef);
  return useSignalOrPoll({
    channel: doraChannel(scope),
    key: JSON.stringify([scope, days]),
    keepPrevious: true,
    load: signal => api.getDoraReport({ ...scope, days }, { signal }),
    pollMs: 30_000,
  });
}

/** Teams and systems have no channel of their own, and are polled. */
export function doraChannel(scope: DoraScope): string {
  return deploymentsSignalChannel(
    scope.entityRef ?? scope.ownerRef ?? scope.systemRef ?? '',
  );
}
