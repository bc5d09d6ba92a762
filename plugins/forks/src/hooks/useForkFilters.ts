import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  statusSchema,
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
  sort: ForkSortField;
  order: 'asc' | 'desc';
}

const sortFields: ForkSortField[] = ['status', 'name', 'live', 'created'];

/** Names are read from A, times from the newest, statuses from the worst. */
const firstOrders: Record<ForkSortField, 'asc' | 'desc'> = {
  status: 'asc',
  name: 'asc',
  live: 'desc',
  created: 'desc',
};

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
    sort,
    order: order === 'asc' || order === 'desc' ? order : firstOrders[sort],
  };
}

/** Writes filters to a query, the defaults left out. */
export function writeFilters(filters: ForkFilters): URLSearchParams {
  const query = new URLSearchParams();
  if (filters.search) query.set('search', filters.search);
  if (filters.owner) query.set('owner', filters.owner);
  if (filters.system) query.set('system', filters.system);
  for (const status of filters.statuses) query.append('status', status);
  if (filters.sort !== 'status') query.set('sort', filters.sort);
  if (filters.order !== firstOrders[filters.sort]) {
    query.set('order', filters.order);
  }
  return query;
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
