import { useMemo, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  FORKS_SIGNAL_CHANNEL,
  type Fork,
  type ListForksRequest,
} from '@forkyard/plugin-forks-common';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import { forksApiRef } from '../api/forksApiRef';
import { keepOrder } from './keepOrder';

const pageSize = 25;
const noCursors: string[] = [];

/** One page of forks, kept fresh. */
export interface ForksList {
  /** Absent until the first page has come. */
  forks?: Fork[];
  totalItems?: number;
  error?: Error;
  /** Whether another filter or page is on its way. */
  loading: boolean;
  refresh: () => void;
  /** Whether a refresh would order the rows anew; {@link ForksList.reorder} does. */
  reordered: boolean;
  reorder: () => void;
  showNext?: () => void;
  showPrevious?: () => void;
}

/**
 * Lists forks page by page. A refresh changes rows in place and does not move
 * them; another request begins at its first page.
 */
export function useForks(
  request: Omit<ListForksRequest, 'cursor' | 'limit'>,
): ForksList {
  const forksApi = useApi(forksApiRef);
  const requestKey = JSON.stringify(request);
  const [position, setPosition] = useState<{
    requestKey: string;
    cursors: string[];
  }>({ requestKey, cursors: [] });
  const cursors =
    position.requestKey === requestKey ? position.cursors : noCursors;
  const key = JSON.stringify([requestKey, cursors]);

  const { value, error, loading, refresh } = useSignalOrPoll({
    channel: FORKS_SIGNAL_CHANNEL,
    key,
    keepPrevious: true,
    pollMs: 10_000,
    load: async signal => {
      const page = await forksApi.listForks(
        { ...request, cursor: cursors.at(-1), limit: pageSize },
        { signal },
      );
      return { key, page };
    },
  });

  const [orderGeneration, setOrderGeneration] = useState(0);
  const shown = useRef<{ orderKey: string; rows: Fork[] }>();
  const ordered = useMemo(() => {
    if (!value) return undefined;
    const orderKey = `${value.key} ${orderGeneration}`;
    const result =
      shown.current?.orderKey === orderKey
        ? keepOrder(shown.current.rows, value.page.items, fork => fork.name)
        : { rows: value.page.items, reordered: false };
    shown.current = { orderKey, rows: result.rows };
    return result;
  }, [value, orderGeneration]);

  const nextCursor = loading ? undefined : value?.page.nextCursor;
  return {
    forks: ordered?.rows,
    totalItems: value?.page.totalItems,
    error,
    loading,
    refresh,
    reordered: ordered?.reordered ?? false,
    reorder: () => setOrderGeneration(orderGeneration + 1),
    showNext: nextCursor
      ? () => setPosition({ requestKey, cursors: [...cursors, nextCursor] })
      : undefined,
    showPrevious:
      cursors.length > 0
        ? () => setPosition({ requestKey, cursors: cursors.slice(0, -1) })
        : undefined,
  };
}
