import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  FINDING_SEVERITIES,
  FINDING_SOURCES,
  FINDING_STATES,
  type FindingSeverity,
  type FindingSource,
  type FindingState,
} from '@forkyard/plugin-security-findings-common';
import type { FindingFilter } from './useFindings';

/** Is what the reader chose, and what it means for the list. */
export interface ChosenFilter {
  severity?: FindingSeverity;
  /** `all` for every state; open ones without it. */
  state?: FindingState | 'all';
  source?: FindingSource;
  overdue: boolean;
  search: string;
  filter: FindingFilter;
  /** Whether anything but the usual was chosen. */
  isNarrowed: boolean;
  set: (key: string, value: string | undefined) => void;
  clear: () => void;
}

const keys = ['severity', 'state', 'source', 'overdue', 'search'];

function oneOf<Value extends string>(
  values: readonly Value[],
  given: string | null,
): Value | undefined {
  return values.find(value => value === given);
}

/** Keeps the filter of the list in the address, so that it can be sent to others. */
export function useFindingFilter(): ChosenFilter {
  const [params, setParams] = useSearchParams();
  const severity = oneOf(FINDING_SEVERITIES, params.get('severity'));
  const state = oneOf([...FINDING_STATES, 'all'], params.get('state'));
  const source = oneOf(FINDING_SOURCES, params.get('source'));
  const overdue = params.get('overdue') === 'true';
  const search = (params.get('search') ?? '').slice(0, 200);
  const filter = useMemo<FindingFilter>(
    () => ({
      states: statesOf(state),
      severities: severity && [severity],
      sources: source && [source],
      overdue: overdue || undefined,
      search: search || undefined,
    }),
    [state, severity, source, overdue, search],
  );
  function change(apply: (after: URLSearchParams) => void) {
    setParams(
      before => {
        const after = new URLSearchParams(before);
        apply(after);
        return after;
      },
      { replace: true },
    );
  }
  return {
    severity,
    state,
    source,
    overdue,
    search,
    filter,
    isNarrowed: keys.some(key => params.has(key)),
    set: (key, value) =>
      change(after => (value ? after.set(key, value) : after.delete(key))),
    clear: () => change(after => keys.forEach(key => after.delete(key))),
  };
}

function statesOf(
  state: FindingState | 'all' | undefined,
): FindingState[] | undefined {
  if (state === 'all') return [...FINDING_STATES];
  return state && [state];
}
