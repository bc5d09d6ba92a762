import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  useSignalOrPoll,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import type {
  DeliveryChange,
  DoraDays,
  DoraMetricName,
  DoraScope,
} from '@forkyard/plugin-deployments-common';
import { doraApiRef } from '../api/doraApiRef';
import { doraChannel } from './useDoraReport';

const PAGE_SIZE = 25;

export interface DoraChanges {
  items: DeliveryChange[];
  hasMore: boolean;
}

/** Keeps the deployments behind a metric up to date, as many pages as were asked for. */
export function useDoraChanges(request: {
  scope: DoraScope;
  days: DoraDays;
  metric: DoraMetricName;
}): SignalOrPollResult<DoraChanges> & { showMore: () => void } {
  const { scope, days, metric } = request;
  const api = useApi(doraApiRef);
  const list = JSON.stringify([scope, days, metric]);
  const [asked, setAsked] = useState({ list, pages: 1 });
  const pages = asked.list === list ? asked.pages : 1;
  const result = useSignalOrPoll<DoraChanges>({
    channel: doraChannel(scope),
    key: `${list} ${pages}`,
    keepPrevious: true,
    load: async signal => {
      const query = { ...scope, days, metric, limit: PAGE_SIZE };
      let page = await api.listDeliveryChanges(query, { signal });
      const items = [...page.items];
      for (let count = 1; count < pages && page.nextCursor; count++) {
        page = await api.listDeliveryChanges(
          { ...query, cursor: page.nextCursor },
          { signal },
        );
        items.push(...page.items);
      }
      return { items, hasMore: Boolean(page.nextCursor) };
    },
    pollMs: 30_000,
  });
  return {
    ...result,
    showMore: () => setAsked({ list, pages: pages + 1 }),
  };
}
