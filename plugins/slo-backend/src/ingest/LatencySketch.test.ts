import fc from 'fast-check';
import { LatencySketch } from './LatencySketch';

const durations = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 5, noNaN: true }),
    fc.double({ min: 0, max: 100_000, noNaN: true }),
    fc.constantFrom(0, 0.001, 0.01, 1, 0.999, 1.0001, 86_400_000, 1e12),
  ),
  { maxLength: 60 },
);

function sketchOf(values: number[]): LatencySketch {
  const sketch = LatencySketch.empty();
  for (const value of values) sketch.add(value);
  return sketch;
}

const stored = (sketch: LatencySketch) =>
  LatencySketch.fromBytes(sketch.toBytes());

describe('LatencySketch', () => {
  it('is the same however durations are grouped, ordered and stored in between', () => {
    fc.assert(
      fc.property(durations, durations, durations, (a, b, c) => {
        const left = sketchOf(a);
        left.merge(stored(sketchOf(b)));
        const leftStored = stored(left);
        leftStored.merge(sketchOf(c));
        const right = stored(sketchOf(c));
        right.merge(sketchOf(b));
        const outer = sketchOf(a);
        outer.merge(stored(right));
        const whole = sketchOf([...c, ...a, ...b]).toBytes();
        expect(leftStored.toBytes().equals(whole)).toBe(true);
        expect(outer.toBytes().equals(whole)).toBe(true);
        expect(stored(outer).count).toBe(a.length + b.length + c.length);
      }),
      { numRuns: 200 },
    );
  });

  it('counts what is at most a threshold and what is above it, within 1.02 % of it', () => {
    fc.assert(
      fc.property(
        durations,
        fc.double({ min: 0.02, max: 100_000, noNaN: true }),
        (values, threshold) => {
          const sketch = stored(sketchOf(values));
          const count = sketch.countAtMost(threshold);
          const within = (limit: number) =>
            values.filter(value => value <= limit).length;
          expect(count).toBeGreaterThanOrEqual(within(threshold / 1.0102));
          expect(count).toBeLessThanOrEqual(within(threshold * 1.0102));
          expect(sketch.countAbove(threshold)).toBe(values.length - count);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives quantiles within 1 %, and none without durations', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i + 1);
    const sketch = stored(sketchOf(values));
    for (const quantile of [0, 0.5, 0.95, 0.99, 1]) {
      const exact = values[Math.floor(quantile * 999)];
      expect(
        Math.abs(sketch.getQuantile(quantile)! - exact),
      ).toBeLessThanOrEqual(exact * 0.0101);
    }
    expect(LatencySketch.empty().getQuantile(0.5)).toBeUndefined();
    expect(stored(LatencySketch.empty()).count).toBe(0);
  });

  it('refuses what was made with another accuracy', () => {
    const { DDSketch } = jest.requireActual<
      typeof import('@datadog/sketches-js')
    >('@datadog/sketches-js');
    const bytes = new DDSketch({ relativeAccuracy: 0.05 }).toProto();
    expect(() => LatencySketch.fromBytes(bytes)).toThrow(/another accuracy/);
  });
});
