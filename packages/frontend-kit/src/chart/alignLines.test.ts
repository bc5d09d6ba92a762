import { alignLines, nearestIndex } from './alignLines';

const minute = (count: number) =>
  new Date(Date.UTC(2026, 10, 21, 12, count)).toISOString();

describe('alignLines', () => {
  it('joins the moments of all lines and leaves unknown what a line does not say', () => {
    const { times, values } = alignLines([
      { points: [{ at: minute(2), value: 2 }, { at: minute(0) }] },
      { points: [{ at: minute(1), value: 0 }] },
    ]);
    expect(times.map(time => time.toISOString())).toEqual([
      minute(0),
      minute(1),
      minute(2),
    ]);
    expect(values).toEqual([
      [undefined, undefined, 2],
      [undefined, 0, undefined],
    ]);
  });

  it('opens a gap where buckets are missing', () => {
    const { times, values } = alignLines(
      [
        {
          points: [
            { at: minute(0), value: 1 },
            { at: minute(1), value: 1 },
            { at: minute(5), value: 1 },
          ],
        },
      ],
      { intervalMs: 60_000 },
    );
    expect(times.map(time => time.getUTCMinutes())).toEqual([0, 1, 2, 5]);
    expect(values).toEqual([[1, 1, undefined, 1]]);
  });

  it('takes no number that is none', () => {
    const { times, values } = alignLines([
      { points: [{ at: minute(0), value: Number.NaN }, { at: 'soon' }] },
    ]);
    expect(times).toHaveLength(1);
    expect(values).toEqual([[undefined]]);
  });
});

describe('nearestIndex', () => {
  it('finds the moment nearest to each time', () => {
    const times = [0, 10, 20, 100].map(time => new Date(time));
    const cases = [-5, 4, 6, 14, 59, 61, 500];
    expect(cases.map(at => nearestIndex(times, at))).toEqual([
      0, 0, 1, 1, 2, 3, 3,
    ]);
  });
});
