import { summarizeSlos, worstFirst } from './summarizeSlos';
import type { Slo, SloStatus } from './types';

const slo = (name: string, status: SloStatus, left?: number): Slo => ({
  id: `component:default/shop#${name}`,
  entityRef: 'component:default/shop',
  name,
  title: name,
  signal: 'availability',
  objective: 0.99,
  windowDays: 28,
  good: 0,
  total: 0,
  budgetRemainingRatio: left,
  burn: [],
  status,
  statusReason: '',
});

const kept = slo('kept', 'ok', 0.90009);
const low = slo('low', 'ok', 0.1);
const unmeasured = slo('unmeasured', 'unknown');
const burning = slo('burning', 'burning', 0.5);
const spent = slo('spent', 'exhausted', -1);

describe('summarizeSlos', () => {
  it.each([
    [[], 'unknown', undefined],
    [[unmeasured], 'unknown', undefined],
    [[unmeasured, kept], 'ok', 0.9],
    [[kept, burning, unmeasured], 'burning', 0.5],
    [[burning, spent], 'exhausted', -1],
  ] as const)(
    'lets the worst that is known speak for all in %#',
    (slos, status, left) => {
      expect(summarizeSlos('component:default/shop', [...slos])).toEqual({
        entityRef: 'component:default/shop',
        status,
        budgetRemainingRatio: left,
        asOf: undefined,
      });
    },
  );
});

describe('worstFirst', () => {
  it('weighs as the summary does, then by what is left', () => {
    const ordered = worstFirst([unmeasured, kept, low, spent, burning]);
    expect(ordered.map(({ name }) => name)).toEqual([
      'spent',
      'burning',
      'low',
      'kept',
      'unmeasured',
    ]);
  });
});
