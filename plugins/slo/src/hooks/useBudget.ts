import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  sloSignalChannel,
  type BudgetSeries,
  type Slo,
} from '@forkyard/plugin-slo-common';
import { sloApiRef } from '../api/apiRefs';

/** Keeps the course of one SLO's error budget up to date. */
export function useBudget(slo: Slo): SignalOrPollResult<BudgetSeries> {
  const api = useApi(sloApiRef);
  return useSignalOrPoll({
    channel: sloSignalChannel(slo.entityRef),
    key: slo.id,
    load: signal => api.getBudget({ id: slo.id }, { signal }),
    pollMs: 30_000,
  });
}
