import fc from 'fast-check';
import { median } from './median';

describe('median', () => {
  it('is the middle of an odd number, the mean of the middle two of an even one, and nothing of none', () => {
    expect(median([])).toBeUndefined();
    expect(median([7])).toBe(7);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 2])).toBe(3.5);
    // As text, 10 would come before 9.
    expect(median([10, 9, 8])).toBe(9);
  });

  it('leaves as many above it as below, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 }),
        values => {
          const middle = median(values)!;
          const above = values.filter(value => value > middle).length;
          const below = values.filter(value => value < middle).length;
          expect(Math.max(above, below)).toBeLessThanOrEqual(values.length / 2);
          expect(median([...values].reverse())).toBe(middle);
        },
      ),
    );
  });
});
