import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  costSignalChannel,
  type CostApi,
  type DailyCost,
  type EntityCost,
} from '@forkyard/plugin-cost-common';
import { costApiRef } from '../api/costApiRef';
import { daysOfMonth } from '../presentation/costWords';

/** A month of an entity: the figures and the days they are made of. */
export interface EntityMonth {
  cost: EntityCost;
  days: string[];
  dailyCosts: DailyCost[];
}

/** Keeps this month of an entity up to date, its days included. */
export function useEntityMonth(
  entityRef: string,
): SignalOrPollResult<EntityMonth> {
  const api = useApi(costApiRef);
  return useSignalOrPoll({
    channel: costSignalChannel(entityRef),
    key: entityRef,
    load: async signal => {
      const cost = await api.getEntityCost({ entityRef }, { signal });
      const days = daysOfMonth(cost.month);
      return {
        cost,
        days,
        dailyCosts: await listAllDays(api, entityRef, days, signal),
      };
    },
    pollMs: 20_000,
  });
}

async function listAllDays(
  api: CostApi,
  entityRef: string,
  days: string[],
  signal: AbortSignal,
): Promise<DailyCost[]> {
  const all: DailyCost[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.listDailyCosts(
      {
        entityRef,
        from: days[0],
        to: days[days.length - 1],
        cursor,
        limit: 1000,
      },
      { signal },
    );
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return all;
}
