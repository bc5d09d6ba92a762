import fc from 'fast-check';
import { chartStepMinutes, MAX_CHART_POINTS } from './chartStep';

const from = new Date('2026-11-21T00:00:00Z');
const after = (minutes: number) => new Date(from.getTime() + minutes * 60_000);

describe('chartStepMinutes', () => {
  it('takes the finest step of a clock that a chart can show', () => {
    const steps = [1, 60, 360, 1440, 2 * 1440, 28 * 1440, 365 * 1440].map(
      minutes => chartStepMinutes({ from, to: after(minutes) }),
    );
    expect(steps).toEqual([1, 1, 2, 5, 10, 180, 2880]);
  });

  it('never gives more points than a chart shows, nor finer ones than asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.constantFrom(1, 60),
        (minutes, finestMinutes) => {
          const step = chartStepMinutes({
            from,
            to: after(minutes),
            finestMinutes,
          });
          expect(step).toBeGreaterThanOrEqual(finestMinutes);
          expect(Math.ceil(minutes / step) + 1).toBeLessThanOrEqual(
            MAX_CHART_POINTS,
          );
        },
      ),
    );
  });
});
