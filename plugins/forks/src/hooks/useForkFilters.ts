import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  statusSchema,
  type BudgetState,
  type CostState,
  type FindingsState,
  type ForkSortField,
  type Status,
} from '@forkyard/plugin-forks-common';

/** Value of the owner filter that stands for everything the reader owns. */
export const ownedByMe = 'mine';

/** What the portfolio shows and in which order, as its address says. */
export interface ForkFilters {
  search: string;
  /** {@link ownedByMe}, a full entity ref, or empty for all. */
  owner: string;
  system: string;
  statuses: Status[];
  budget: BudgetState | '';
  cost: CostState | '';
  findings: FindingsState | '';
  /** Only forks on which an alert fires. */
  firing: boolean;
  sort: ForkSortField;
  order: 'asc' | 'desc';
}

const budgetStates: BudgetState[] = ['ok', 'burning', 'exhausted', 'unknown'];
const costStates: CostState[] = ['over', 'forecast-over', 'within', 'unknown'];
const findingsStates: FindingsState[] = [
  'critical',
  'overdue',
  'ok',
  'unknown',
];

/** Names are read from A, times from the newest, statuses from the worst. */
const firstOrders: Record<ForkSortField, 'asc' | 'desc'> = {
  status: 'asc',
  name: 'asc',
  live: 'desc',
  created: 'desc',
  budget: 'asc',
  cost: 'desc',
  criticals: 'desc',
  alerts: 'desc',
};

const sortFields = Object.keys(firstOrders) as ForkSortField[];

/** Reads filters from a query; what it does not understand is as if absent. */
export function readFilters(query: URLSearchParams): ForkFilters {
  const sort =
    sortFields.find(field => field === query.get('sort')) ?? 'status';
  const order = query.get('order');
  return {
    search: query.get('search') ?? '',
    owner: query.get('owner') ?? '',
    system: query.get('system') ?? '',
    statuses: query
      .getAll('status')
      .flatMap(text => statusSchema.safeParse(text).data ?? []),
    budget: oneOf(budgetStates, query.get('budget')),
    cost: oneOf(costStates, query.get('cost')),
    findings: oneOf(findingsStates, query.get('findings')),
    firing: query.get('firing') === 'true',
    sort,
    order: order === 'asc' || order === 'desc' ? order : firstOrders[sort],
  };
}

function oneOf<T extends string>(values: T[], text: string | null): T | '' {
  return values.find(value => value === text) ?? '';
}

/** Writes filters to a query, the defaults left out. */
export function writeFilters(filters: ForkFilters): URLSearchParams {
  const query = new URLSearchParams();
  if (filters.search) query.set('search', filters.search);
  if (filters.owner) query.set('owner', filters.owner);
  if (filters.system) query.set('system', filters.system);
  for (const status of filters.statuses) query.append('status', status);
  if (filters.budget) query.set('budget', filters.budget);
  if (filters.cost) query.set('cost', filters.cost);
  if (filters.findings) query.set('findings', filters.findings);
  if (filters.firing) query.set('firing', 'true');
  if (filters.sort !== 'status') query.set('sort', filters.sort);
  if (filters.order !== firstOrders[filters.sort]) {
    query.set('order', filters.order);
  }
  return query;
}

/** What an empty address filters by: nothing. */
export const noFilters = {
  search: '',
  owner: '',
  system: '',
  statuses: [],
  budget: '',
  cost: '',
  findings: '',
  firing: false,
} satisfies Partial<ForkFilters>;

/** Whether anything narrows the list. */
export function hasFilters(filters: ForkFilters): boolean {
  const { sort: _, order: __, ...narrowing } = filters;
  return Object.values(narrowing).some(value =>
    Array.isArray(value) ? value.length > 0 : Boolean(value),
  );
}

/** Orders by a field, or the other way round when that is the order already. */
export function sortBy(filters: ForkFilters, sort: ForkSortField): ForkFilters {
  if (filters.sort !== sort) {
    return { ...filters, sort, order: firstOrders[sort] };
  }
  return { ...filters, order: filters.order === 'asc' ? 'desc' : 'asc' };
}

/** Keeps the portfolio's filters in the page's address. */
export function useForkFilters(): {
  filters: ForkFilters;
  setFilters: (filters: ForkFilters) => void;
} {
  const [query, setQuery] = useSearchParams();
  const filters = useMemo(() => readFilters(query), [query]);
  const setFilters = useCallback(
    (next: ForkFilters) => setQuery(writeFilters(next), { replace: true }),
    [setQuery],
  );
  return { filters, setFilters };
}
