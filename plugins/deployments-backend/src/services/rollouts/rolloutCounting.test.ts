import fc from 'fast-check';
import { beginCounting, noCounts, takeTick } from './rolloutCounting';

const count = fc.integer({ min: 0, max: 1000 });
const counts = fc
  .tuple(count, count, count, count)
  .map(([requests, errors, durations, slow]) => ({
    requests,
    errors,
    durations,
    slow,
  }));
const seen = fc.tuple(counts, counts).map(([canary, stable]) => ({
  canary,
  stable,
  p95Milliseconds: {},
}));

describe('takeTick', () => {
  it('makes ticks that hold, whatever a source tells in whatever order', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 30 }), told => {
        let counting = beginCounting('2026-11-21T15:00:00.000Z', {
          canary: noCounts,
          stable: noCounts,
          p95Milliseconds: {},
        });
        let requests = 0;
        for (const now of told) {
          const taken = takeTick(counting, now);
          counting = taken.counting;
          for (const tick of [taken.tick.canary, taken.tick.stable]) {
            expect(Math.min(...Object.values(tick))).toBeGreaterThanOrEqual(0);
            expect(tick.errors).toBeLessThanOrEqual(tick.requests);
            expect(tick.slow).toBeLessThanOrEqual(tick.durations);
          }
          requests += taken.tick.canary.requests;
        }
        const most = Math.max(0, ...told.map(({ canary }) => canary.requests));
        expect(requests).toBe(most);
        expect(counting.met.requests).toBe(most);
      }),
    );
  });

  it('counts a failure that is told before its request with the request', () => {
    const first = takeTick(
      beginCounting('2026-11-21T15:00:00.000Z', {
        canary: noCounts,
        stable: noCounts,
        p95Milliseconds: {},
      }),
      {
        canary: { ...noCounts, errors: 3 },
        stable: noCounts,
        p95Milliseconds: {},
      },
    );
    expect(first.tick.canary.errors).toBe(0);
    const second = takeTick(first.counting, {
      canary: { ...noCounts, requests: 10, errors: 3 },
      stable: noCounts,
      p95Milliseconds: {},
    });
    expect(second.tick.canary).toMatchObject({ requests: 10, errors: 3 });
  });
});
