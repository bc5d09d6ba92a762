import fc from 'fast-check';
import { keepOrder } from './keepOrder';

const keyOf = (row: { name: string }) => row.name;
const a = { name: 'a', version: 1 };
const b = { name: 'b', version: 1 };

describe('keepOrder', () => {
  it('shows new content at the old place and tells that the order differs', () => {
    const nextA = { name: 'a', version: 2 };
    expect(keepOrder([a, b], [b, nextA], keyOf)).toEqual({
      rows: [nextA, b],
      reordered: true,
    });
  });

  it('takes the new order when a row came or went', () => {
    const c = { name: 'c', version: 1 };
    expect(keepOrder([a, b], [c, a, b], keyOf).rows).toEqual([c, a, b]);
    expect(keepOrder([a, b], [b], keyOf).rows).toEqual([b]);
    expect(keepOrder([a, b], [b, c], keyOf).rows).toEqual([b, c]);
  });

  it('never loses, doubles or invents a row', () => {
    const rows = fc.uniqueArray(
      fc.record({ name: fc.string(), version: fc.integer() }),
      { selector: keyOf },
    );
    fc.assert(
      fc.property(rows, rows, (previous, next) => {
        const { rows: shown } = keepOrder(previous, next, keyOf);
        expect(new Set(shown)).toEqual(new Set(next));
        expect(shown).toHaveLength(next.length);
      }),
    );
  });
});
