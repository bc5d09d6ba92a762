import { useEffect, useMemo, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type Deployment,
  type DeploymentsPage,
  type ListDeploymentsRequest,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { isRunning } from '../presentation/deploymentWords';
import { useOlderPages } from './useOlderPages';

export type HistoryFilter = Pick<
  ListDeploymentsRequest,
  'environment' | 'states'
>;

export interface DeploymentHistory {
  /** Newest first. */
  deployments: Deployment[];
  /** How many newer ones wait to be shown, so that nothing moves by itself. */
  waiting: number;
  showWaiting: () => void;
  loading: boolean;
  error?: Error;
  refresh: () => void;
  hasOlder: boolean;
  loadingOlder: boolean;
  olderError?: Error;
  showOlder: () => void;
}

interface Accumulated {
  key: string;
  byId: Map<string, Deployment>;
  /** Undefined until older pages were asked for. */
  deepest?: { nextCursor?: string };
}

const pageSize = 20;

/**
 * Keeps the newest page of an entity's deployments up to date and adds older
 * pages on request. Deployments that begin meanwhile are held back until
 * {@link DeploymentHistory.showWaiting}; those on the page change in place.
 */
export function useDeploymentHistory(
  entityRef: string,
  filter: HistoryFilter,
): DeploymentHistory {
  const api = useApi(deploymentsApiRef);
  const { environment, states } = filter;
  const key = JSON.stringify([entityRef, environment, states]);
  const request = { entityRef, environment, states, limit: pageSize };
  const newest = useSignalOrPoll<DeploymentsPage>({
    channel: deploymentsSignalChannel(entityRef),
    key,
    load: signal => api.listDeployments(request, { signal }),
    pollMs: page => (page?.items.some(isRunning) ? 3_000 : 20_000),
  });
  const [held, setHeld] = useState<Accumulated>();
  const page = newest.value;

  useEffect(() => {
    if (!page) return;
    setHeld(previous =>
      previous?.key === key
        ? { ...previous, byId: reconciled(previous.byId, page) }
        : { key, byId: added(new Map(), page.items) },
    );
  }, [page, key]);

  const current = held?.key === key ? held : undefined;
  const nextCursor = current?.deepest
    ? current.deepest.nextCursor
    : page?.nextCursor;
  const older = useOlderPages(key, async () => {
    const next = await api.listDeployments({ ...request, cursor: nextCursor });
    setHeld(previous =>
      // Another filter may have been chosen while this page was on its way.
      previous?.key === key
        ? {
            ...previous,
            byId: added(previous.byId, next.items),
            deepest: { nextCursor: next.nextCursor },
          }
        : previous,
    );
  });
  const waiting = page?.items.filter(item => !current?.byId.has(item.id)) ?? [];
  const deployments = useMemo(() => newestFirst(current), [current]);
  return {
    deployments,
    waiting: current ? waiting.length : 0,
    showWaiting: () =>
      setHeld(previous =>
        previous && page
          ? { ...previous, byId: added(previous.byId, page.items) }
          : previous,
      ),
    loading: !current && !newest.error,
    error: newest.error,
    refresh: newest.refresh,
    hasOlder: Boolean(nextCursor),
    loadingOlder: older.loading,
    olderError: older.error,
    showOlder: older.load,
  };
}

function added(
  known: Map<string, Deployment>,
  items: Deployment[],
): Map<string, Deployment> {
  const result = new Map(known);
  for (const item of items) result.set(item.id, item);
  return result;
}

/**
 * Takes over what changed on the newest page, and drops what should be on it
 * but no longer is, because it left the filter or the provider.
 */
function reconciled(
  known: Map<string, Deployment>,
  page: DeploymentsPage,
): Map<string, Deployment> {
  const fresh = new Map(page.items.map(item => [item.id, item]));
  const reachesBackTo = page.nextCursor
    ? Math.min(...page.items.map(item => Date.parse(item.createdAt)))
    : -Infinity;
  const result = new Map<string, Deployment>();
  for (const [id, item] of known) {
    const now = fresh.get(id);
    const beyondPage = Date.parse(item.createdAt) <= reachesBackTo;
    if (now) result.set(id, now);
    else if (beyondPage) result.set(id, item);
  }
  return result;
}

function newestFirst(accumulated: Accumulated | undefined): Deployment[] {
  return [...(accumulated?.byId.values() ?? [])].sort(
    (a, b) =>
      Date.parse(b.createdAt) - Date.parse(a.createdAt) ||
      b.id.localeCompare(a.id, 'en'),
  );
}
