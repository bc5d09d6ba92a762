import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  securityFindingsSignalChannel,
  type EntityFindingsSummary,
} from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../api/securityFindingsApiRef';

const calmPollMs = 30_000;
const waitingPollMs = 3_000;

/** Keeps the counts of an entity, and what is known of its sources, up to date. */
export function useFindingsSummary(
  entityRef: string,
): SignalOrPollResult<EntityFindingsSummary> {
  const api = useApi(securityFindingsApiRef);
  return useSignalOrPoll({
    channel: securityFindingsSignalChannel(entityRef),
    key: entityRef,
    load: signal => api.getSummary({ entityRef }, { signal }),
    pollMs: summary =>
      summary?.sources.some(({ condition }) => condition === 'waiting')
        ? waitingPollMs
        : calmPollMs,
  });
}
