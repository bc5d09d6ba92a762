import fc from 'fast-check';
import { findUnusualCost } from './anomaly';
import { anomalySentence } from './anomalySentence';

const judge = (
  amount: string,
  basis: (string | undefined)[],
  leastExcess = '1',
) => findUnusualCost({ amount, basis, leastExcess });

const days = (count: number, amount = '0.90') =>
  Array.from({ length: count }, () => amount);

const amounts = fc
  .integer({ min: 0, max: 1_000_000 })
  .map(cents => (cents / 100).toFixed(2));
const bases = fc.array(amounts, { minLength: 7, maxLength: 40 });

describe('findUnusualCost', () => {
  it('finds a day that costs much more than the days before', () => {
    expect(judge('4.10', days(7))).toEqual({ usual: '0.90' });
  });

  it('judges nothing before it knows seven days', () => {
    expect(judge('400', [undefined, ...days(6)])).toBeUndefined();
  });

  it('alarms nobody for cents', () => {
    expect(judge('0.99', days(28, '0'))).toBeUndefined();
    expect(judge('1', days(28, '0'))).toEqual({ usual: '0.00' });
    expect(judge('4.10', days(7), '3.21')).toBeUndefined();
  });

  it('alarms nobody for half as much again of what hardly varies', () => {
    expect(judge('150', days(28, '100'))).toBeUndefined();
    expect(judge('150.01', days(28, '100'))).toEqual({ usual: '100.00' });
  });

  it('expects of days that vary that they vary', () => {
    const varying = days(28).map((_, day) => String([10, 20, 30, 40][day % 4]));
    // Usual is 25, the median deviation 10: five times 14.826 more is 99.13.
    expect(judge('99', varying)).toBeUndefined();
    expect(judge('100', varying)).toEqual({ usual: '25.00' });
  });

  it('knows busy weekdays by the week before', () => {
    const weekly = days(28).map((_, day) => (day % 7 === 0 ? '9' : '1'));
    expect(judge('9.50', weekly)).toBeUndefined();
    expect(judge('9.50', [...weekly, '9'])).toEqual({ usual: '1.00' });
  });

  it('looks back four weeks, and no further', () => {
    expect(judge('50', [...days(60, '50'), ...days(28)])).toEqual({
      usual: '0.90',
    });
  });

  it('is moved neither by a few dear days nor by credits', () => {
    const before = [...days(20), '500', '700', '-30'];
    expect(judge('4.10', before)).toEqual({ usual: '0.90' });
    expect(judge('4.10', days(28, '-3'))).toEqual({ usual: '0.00' });
  });

  it('finds any higher amount unusual, too, and nothing up to the usual', () => {
    fc.assert(
      fc.property(bases, amounts, amounts, (basis, amount, more) => {
        const found = judge(amount, basis);
        if (!found) return;
        expect(Number(amount)).toBeGreaterThanOrEqual(Number(found.usual) + 1);
        const higher = (Number(amount) + Number(more)).toFixed(2);
        expect(judge(higher, basis)).toEqual(found);
      }),
    );
  });
});

describe('anomalySentence', () => {
  it('says the day, its cost and the usual one', () => {
    const day = '2026-11-17';
    expect(anomalySentence({ day, amount: '4.1', usual: '0.90' })).toBe(
      'Tuesday, November 17, cost $4.10, usually about $0.90.',
    );
    expect(anomalySentence({ day, amount: '4.1', usual: '0.00' })).toBe(
      'Tuesday, November 17, cost $4.10, usually next to nothing.',
    );
  });
});
