import { useEffect, useMemo, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type Rollout,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';
import { hasEnded } from '../presentation/rolloutWords';
import { useOlderPages, type OlderPages } from './useOlderPages';

export interface RolloutHistory {
  /** Those that have ended, newest first. */
  rollouts: Rollout[];
  loading: boolean;
  error?: Error;
  refresh: () => void;
  hasOlder: boolean;
  older: OlderPages;
}

interface Seen {
  entityRef: string;
  byId: Map<string, Rollout>;
  /** Undefined until older pages were asked for. */
  deepest?: { nextCursor?: string };
}

const pageSize = 5;

/** Keeps the newest page of an entity's past rollouts up to date, and adds older ones on request. */
export function useRolloutHistory(entityRef: string): RolloutHistory {
  const api = useApi(rolloutsApiRef);
  const request = { entityRef, limit: pageSize };
  const newest = useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: entityRef,
    load: signal => api.listRollouts(request, { signal }),
    pollMs: 20_000,
  });
  const page = newest.value;
  const [seen, setSeen] = useState<Seen>();
  useEffect(() => {
    if (page) setSeen(before => withItems(before, entityRef, page.items));
  }, [page, entityRef]);

  const current = seen?.entityRef === entityRef ? seen : undefined;
  const nextCursor = current?.deepest
    ? current.deepest.nextCursor
    : page?.nextCursor;
  const older = useOlderPages(entityRef, async () => {
    const next = await api.listRollouts({ ...request, cursor: nextCursor });
    setSeen(before => ({
      ...withItems(before, entityRef, next.items),
      deepest: { nextCursor: next.nextCursor },
    }));
  });
  const rollouts = useMemo(() => endedNewestFirst(current), [current]);
  return {
    rollouts,
    loading: !current && !newest.error,
    error: newest.error,
    refresh: newest.refresh,
    hasOlder: Boolean(nextCursor),
    older,
  };
}

function withItems(
  before: Seen | undefined,
  entityRef: string,
  items: Rollout[],
): Seen {
  const kept = before?.entityRef === entityRef ? before : undefined;
  const byId = new Map(kept?.byId);
  for (const item of items) byId.set(item.id, item);
  return { entityRef, byId, deepest: kept?.deepest };
}

function endedNewestFirst(seen: Seen | undefined): Rollout[] {
  return [...(seen?.byId.values() ?? [])]
    .filter(hasEnded)
    .sort(
      (a, b) =>
        Date.parse(b.createdAt) - Date.parse(a.createdAt) ||
        b.id.localeCompare(a.id, 'en'),
    );
}
