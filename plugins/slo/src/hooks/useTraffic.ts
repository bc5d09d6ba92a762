import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  sloSignalChannel,
  type TrafficSeries,
} from '@forkyard/plugin-slo-common';
import { sloApiRef } from '../api/apiRefs';
import { timeRangeFacts, type TimeRange } from '../presentation/timeRanges';

/** Keeps the traffic of a range that ends now up to date; shows the last range until the next one is there. */
export function useTraffic(
  entityRef: string,
  range: TimeRange,
): SignalOrPollResult<TrafficSeries> {
  const api = useApi(sloApiRef);
  const { milliseconds, pollMs } = timeRangeFacts[range];
  return useSignalOrPoll({
    channel: sloSignalChannel(entityRef),
    key: JSON.stringify([entityRef, range]),
    load: signal => {
      const to = new Date();
      const from = new Date(to.getTime() - milliseconds);
      return api.getTraffic(
        { entityRef, from: from.toISOString(), to: to.toISOString() },
        { signal },
      );
    },
    pollMs,
    keepPrevious: true,
  });
}
