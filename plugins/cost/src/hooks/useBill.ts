import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import type { Bill } from '@forkyard/plugin-cost-common';
import { costApiRef } from '../api/costApiRef';

const PAGE_SIZE = 100;

/**
 * Keeps the bill of a month up to date, by default of this one, with as many
 * pages of its lines as were asked for.
 */
export function useBill(
  month: string | undefined,
): SignalOrPollResult<Bill> & { showMore: () => void } {
  const api = useApi(costApiRef);
  const [pages, setPages] = useState(1);
  const result = useSignalOrPoll({
    channel: 'cost:bill',
    key: `${month} ${pages}`,
    keepPrevious: true,
    load: async signal => {
      const request = { month, limit: PAGE_SIZE };
      let bill = await api.getBill(request, { signal });
      for (let page = 1; page < pages && bill.nextCursor; page++) {
        const next = await api.getBill(
          { ...request, cursor: bill.nextCursor },
          { signal },
        );
        bill = { ...next, items: [...bill.items, ...next.items] };
      }
      return bill;
    },
    pollMs: 60_000,
  });
  return { ...result, showMore: () => setPages(count => count + 1) };
}
