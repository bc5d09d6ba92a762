import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  securityFindingsSignalChannel,
  type Finding,
  type FindingsPage,
  type ListFindingsRequest,
} from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../api/securityFindingsApiRef';
import {
  mergeFindings,
  newOnPage,
  reconcilePage,
} from '../presentation/reconcilePage';

export type FindingFilter = Omit<
  ListFindingsRequest,
  'entityRef' | 'cursor' | 'limit'
>;

export interface FindingsList {
  findings: Finding[];
  loading: boolean;
  error?: Error;
  refresh: () => void;
  /** How many new ones wait to be shown, so that nothing moves by itself. */
  waiting: number;
  showWaiting: () => void;
  /** Takes over what an action answered, before the next answer of the list says it. */
  replace: (finding: Finding) => void;
  hasMore: boolean;
  loadingMore: boolean;
  moreError?: Error;
  showMore: () => void;
}

interface Held {
  key: string;
  findings: Finding[];
  /** Undefined until further pages were asked for. */
  deepest?: { nextCursor?: string };
}

const pageSize = 25;

/**
 * Keeps the first page of an entity's findings up to date, in the order of the
 * backend, and adds further pages on request.
 */
export function useFindings(
  entityRef: string,
  filter: FindingFilter,
): FindingsList {
  const api = useApi(securityFindingsApiRef);
  const key = JSON.stringify([entityRef, filter]);
  const request = { ...filter, entityRef, limit: pageSize };
  const first = useSignalOrPoll<FindingsPage>({
    channel: securityFindingsSignalChannel(entityRef),
    key,
    load: signal => api.listFindings(request, { signal }),
    pollMs: 30_000,
  });
  const page = first.value;
  const [held, setHeld] = useState<Held>();
  useEffect(() => {
    if (!page) return;
    setHeld(before =>
      before?.key === key && before.findings.length > 0
        ? { ...before, findings: reconcilePage(before.findings, page) }
        : { key, findings: page.items },
    );
  }, [page, key]);

  const current = held?.key === key ? held : undefined;
  const nextCursor = current?.deepest
    ? current.deepest.nextCursor
    : page?.nextCursor;
  const more = useMorePages(key, async () => {
    const next = await api.listFindings({ ...request, cursor: nextCursor });
    setHeld(before =>
      before?.key === key
        ? {
            ...before,
            findings: mergeFindings(before.findings, next.items),
            deepest: { nextCursor: next.nextCursor },
          }
        : before,
    );
  });
  const waiting = current && page ? newOnPage(current.findings, page) : [];
  return {
    findings: current?.findings ?? [],
    loading: !current && !first.error,
    error: first.error,
    refresh: first.refresh,
    waiting: waiting.length,
    showWaiting: () =>
      setHeld(
        before =>
          before && {
            ...before,
            findings: mergeFindings(before.findings, waiting),
          },
      ),
    replace: finding =>
      setHeld(
        before =>
          before && {
            ...before,
            findings: before.findings.flatMap(item => {
              if (item.id !== finding.id) return [item];
              const { states = ['open'] } = filter;
              return states.includes(finding.state) ? [finding] : [];
            }),
          },
      ),
    hasMore: Boolean(nextCursor),
    loadingMore: more.loading,
    moreError: more.error,
    showMore: more.load,
  };
}

/** Loads one further page at a time; another list forgets how that went. */
function useMorePages(key: string, loadPage: () => Promise<void>) {
  const [state, setState] = useState<{
    key: string;
    loading: boolean;
    error?: Error;
  }>();
  const latest = useRef(loadPage);
  latest.current = loadPage;
  const load = useCallback(() => {
    setState({ key, loading: true });
    latest.current().then(
      () => setState({ key, loading: false }),
      error => setState({ key, loading: false, error }),
    );
  }, [key]);
  const current = state?.key === key ? state : undefined;
  return {
    loading: current?.loading ?? false,
    error: current?.error,
    load,
  };
}
