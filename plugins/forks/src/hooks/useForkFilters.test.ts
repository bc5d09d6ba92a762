import fc from 'fast-check';
import { statuses } from '@forkyard/frontend-kit';
import {
  readFilters,
  sortBy,
  writeFilters,
  type ForkFilters,
} from './useForkFilters';

const anyFilters: fc.Arbitrary<ForkFilters> = fc.record({
  search: fc.string(),
  owner: fc.string(),
  system: fc.string(),
  statuses: fc.uniqueArray(fc.constantFrom(...statuses)),
  budget: fc.constantFrom('', 'ok', 'burning', 'exhausted', 'unknown'),
  cost: fc.constantFrom('', 'over', 'forecast-over', 'within', 'unknown'),
  findings: fc.constantFrom('', 'critical', 'overdue', 'ok', 'unknown'),
  firing: fc.boolean(),
  sort: fc.constantFrom(
    'status',
    'name',
    'live',
    'created',
    'budget',
    'cost',
    'criticals',
    'alerts',
  ),
  order: fc.constantFrom('asc', 'desc'),
});

describe('the filters in the address', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(anyFilters, filters => {
        const text = writeFilters(filters).toString();
        expect(readFilters(new URLSearchParams(text))).toEqual(filters);
      }),
    );
  });

  it('are absent when they are the default', () => {
    expect(writeFilters(readFilters(new URLSearchParams())).toString()).toBe(
      '',
    );
  });

  it('ignore what they do not understand', () => {
    const query = new URLSearchParams(
      'sort=size&order=up&status=fine&budget=some&firing=perhaps',
    );
    expect(readFilters(query)).toEqual(readFilters(new URLSearchParams()));
  });
});

describe('sortBy', () => {
  it('begins times at the newest and names at the first letter', () => {
    const filters = readFilters(new URLSearchParams());
    expect(sortBy(filters, 'live').order).toBe('desc');
    expect(sortBy(filters, 'name').order).toBe('asc');
    expect(sortBy(sortBy(filters, 'live'), 'live').order).toBe('asc');
  });
});
