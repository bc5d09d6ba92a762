import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import type { GroupCosts } from '@forkyard/plugin-cost-common';
import { costApiRef } from '../api/costApiRef';

const PAGE_SIZE = 50;

/** Keeps the costs of a team up to date, as many pages as were asked for. */
export function useGroupCosts(
  owner: string,
): SignalOrPollResult<GroupCosts> & { showMore: () => void } {
  const api = useApi(costApiRef);
  const [pages, setPages] = useState(1);
  const result = useSignalOrPoll({
    channel: `cost:entity:${owner}`,
    key: `${owner} ${pages}`,
    keepPrevious: true,
    load: async signal => {
      const request = { owner, limit: PAGE_SIZE };
      let costs = await api.listGroupCosts(request, { signal });
      for (let page = 1; page < pages && costs.nextCursor; page++) {
        const next = await api.listGroupCosts(
          { ...request, cursor: costs.nextCursor },
          { signal },
        );
        costs = { ...next, items: [...costs.items, ...next.items] };
      }
      return costs;
    },
    pollMs: 30_000,
  });
  return { ...result, showMore: () => setPages(count => count + 1) };
}
