import { niceScale } from './niceScale';

describe('niceScale', () => {
  it.each([
    [[], [0, 0.25, 0.5, 0.75, 1]],
    [
      [0, 0],
      [0, 0.25, 0.5, 0.75, 1],
    ],
    [
      [3, 97],
      [0, 25, 50, 75, 100],
    ],
    [[0.07], [0, 0.02, 0.04, 0.06, 0.08]],
    [
      [-40, 100],
      [-50, 0, 50, 100],
    ],
    [[12_345], [0, 5_000, 10_000, 15_000]],
  ])('gives round ticks around %j', (values, ticks) => {
    expect(niceScale(values)).toEqual({
      min: ticks[0],
      max: ticks[ticks.length - 1],
      ticks,
    });
  });

  it('holds every value, in few intervals', () => {
    for (let exponent = -6; exponent < 7; exponent += 0.13) {
      const value = 10 ** exponent;
      const { min, max, ticks } = niceScale([value, -value / 3]);
      expect(max).toBeGreaterThanOrEqual(value * 0.999_99);
      expect(min).toBeLessThanOrEqual((-value / 3) * 0.999_99);
      expect(ticks.length).toBeGreaterThanOrEqual(3);
      expect(ticks.length).toBeLessThanOrEqual(7);
    }
  });
});
