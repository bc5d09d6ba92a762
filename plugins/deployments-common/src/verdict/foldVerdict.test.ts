import fc from 'fast-check';
import {
  createVerdictState,
  decideVerdict,
  foldVerdict,
  type VerdictCounts,
  type VerdictSettings,
  type VerdictState,
} from './index';
import {
  counts,
  nothing,
  fold,
  repeat,
  judge,
  healthy,
} from './__testUtils__/judge';

const arbitraryCounts = (most = 400) =>
  fc
    .tuple(fc.nat(most), fc.nat(most), fc.nat(most), fc.nat(most))
    .map(([requests, errors, durations, slow]) =>
      counts(
        requests,
        Math.min(errors, requests),
        durations,
        Math.min(slow, durations),
      ),
    );

const arbitraryTick = fc.record({
  canary: arbitraryCounts(),
  stable: arbitraryCounts(),
});

/** Both versions serve in it, so that it is compared by itself. */
const arbitraryWholeTick = arbitraryTick.map(({ canary, stable }) => ({
  canary: { ...canary, requests: canary.requests + 1 },
  stable: { ...stable, requests: stable.requests + 1 },
}));

const errorEvidence = (state: VerdictState) => state.tests.errors.harm.logBets;

describe('foldVerdict', () => {
  it('takes no evidence against a version from ticks in which it did no worse than tolerated', () => {
    const harmless = arbitraryWholeTick.map(({ canary, stable }) => {
      const share = stable.errors / stable.requests;
      const most = Math.floor((share + 0.005) * canary.requests);
      return {
        canary: { ...canary, errors: Math.min(canary.errors, most) },
        stable,
      };
    });
    fc.assert(
      fc.property(fc.array(harmless, { maxLength: 30 }), ticks => {
        let state = createVerdictState({ errorTolerance: 0.005 });
        for (const tick of ticks) {
          state = foldVerdict(state, tick);
          expect(state.tests.errors.harm.logPeak).toBeLessThan(1e-9);
        }
      }),
    );
  });

  it('takes no evidence for a version from ticks in which it did worse than tolerated', () => {
    const harmful = arbitraryWholeTick.map(({ canary, stable }) => {
      const share = stable.errors / stable.requests;
      const least = Math.ceil((share + 0.005) * canary.requests);
      return {
        canary: {
          ...canary,
          requests: Math.max(least, canary.requests),
          errors: Math.max(canary.errors, least),
        },
        stable,
      };
    });
    fc.assert(
      fc.property(fc.array(harmful, { maxLength: 30 }), ticks => {
        const state = fold(createVerdictState(), ticks);
        expect(state.tests.errors.good.logPeak).toBeLessThan(1e-9);
      }),
    );
  });

  it('never aborts when both versions serve alike in every tick', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryCounts(100), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 99 }),
        (canaries, times) => {
          const ticks = canaries.map(canary => ({
            canary,
            stable: counts(
              canary.requests * times,
              canary.errors * times,
              canary.durations * times,
              canary.slow * times,
            ),
          }));
          expect(judge(ticks).decision).not.toBe('abort');
        },
      ),
    );
  });

  it('has more evidence against a version that fails more, in any tick', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryTick, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (ticks, seed) => {
          const at = seed % ticks.length;
          const { canary, stable } = ticks[at];
          fc.pre(canary.errors < canary.requests);
          const worse = ticks.with(at, {
            canary: { ...canary, errors: canary.errors + 1 },
            stable,
          });
          const before = errorEvidence(fold(createVerdictState(), ticks));
          const after = errorEvidence(fold(createVerdictState(), worse));
          after.forEach((log, index) =>
            expect(log).toBeGreaterThanOrEqual(before[index] - 1e-9),
          );
        },
      ),
    );
  });

  it('counts the same whatever the order of the ticks', () => {
    fc.assert(
      fc.property(fc.array(arbitraryTick, { maxLength: 20 }), ticks => {
        const one = fold(createVerdictState(), ticks);
        const other = fold(createVerdictState(), ticks.toReversed());
        expect(other.canary).toEqual(one.canary);
        expect(other.stable).toEqual(one.stable);
      }),
    );
  });

  it('goes on from JSON as if nothing had happened', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryTick, { minLength: 1, maxLength: 20 }),
        fc.option(arbitraryCounts(), { nil: undefined }),
        (ticks, baseline) => {
          let kept = createVerdictState({}, { baseline });
          let stored = kept;
          for (const tick of ticks) {
            kept = foldVerdict(kept, tick);
            stored = JSON.parse(JSON.stringify(foldVerdict(stored, tick)));
          }
          expect(stored).toEqual(kept);
        },
      ),
    );
  });

  it('leaves the state that it is given alone', () => {
    const state = fold(createVerdictState(), repeat(3, healthy));
    const copy = structuredClone(state);
    foldVerdict(state, healthy);
    expect(state).toEqual(copy);
  });

  it('stays finite over thousands of ticks of any size', () => {
    fc.assert(
      fc.property(
        arbitraryTick,
        fc.constantFrom(1, 1000, 1_000_000),
        (tick, times) => {
          const large = (one: VerdictCounts) =>
            counts(
              one.requests * times,
              one.errors * times,
              one.durations * times,
              one.slow * times,
            );
          const verdict = judge(
            repeat(3000, {
              canary: large(tick.canary),
              stable: large(tick.stable),
            }),
          );
          const numbers = verdict.metrics
            .flatMap(metric => Object.values<unknown>({ ...metric }))
            .filter(value => typeof value === 'number');
          expect(numbers.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 10 },
    );
  });

  it.each([
    ['requests', counts(-1, 0), 'must be a whole number from 0'],
    ['requests', counts(NaN, 0), 'must be a whole number from 0'],
    ['requests', counts(1.5, 0), 'must be a whole number from 0'],
    ['requests', counts(Infinity, 0), 'must be a whole number from 0'],
    ['errors', counts(3, 4), '4 errors of 3 requests'],
    ['slow', counts(9, 0, 2, 3), '3 slow of 2 durations'],
  ])('rejects absurd %s', (_, canary, message) => {
    expect(() =>
      foldVerdict(createVerdictState(), { canary, stable: nothing }),
    ).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('goes on with a state that was stored before failures were known to come together', () => {
    const wealth = (bets: number) => ({
      logBets: new Array<number>(bets).fill(-3),
      blocks: 3,
      logPeak: 2,
    });
    const test = {
      pending: { canaryTotal: 0, canaryBad: 0, stableTotal: 4, stableBad: 0 },
      recent: { total: 300, bad: 3 },
      harm: wealth(5),
      good: wealth(3),
    };
    const stored = {
      ...fold(
        createVerdictState({ errorTolerance: 0.005 }),
        repeat(3, healthy),
      ),
      tests: { errors: test, latency: test },
    } as unknown as VerdictState;
    expect(
      decideVerdict(stored, { elapsedSeconds: 0, minimumSeconds: 0 }).decision,
    ).toBe('continue');
    const good = fold(stored, repeat(60, healthy));
    expect(good.canary.requests).toBe(6300);
    const time = { elapsedSeconds: 600, minimumSeconds: 300 };
    expect(decideVerdict(good, time).decision).toBe('promote');
    const bad = repeat(30, {
      canary: counts(100, 5, 100, 5),
      stable: healthy.stable,
    });
    expect(decideVerdict(fold(stored, bad), time).decision).toBe('abort');
  });

  it('rejects a state of another version', () => {
    const state = { ...createVerdictState(), version: 2 } as unknown;
    expect(() => foldVerdict(state as VerdictState, healthy)).toThrow(
      'begin a new state',
    );
  });
});

describe('createVerdictState', () => {
  it.each<Partial<VerdictSettings>>([
    { falseAbortRate: 0 },
    { falsePromoteRate: NaN },
    { errorTolerance: -0.1 },
    { latencyTolerance: 0.9 },
    { minimumRequests: 2.5 },
    { catastropheRatio: 0 },
    { designEffect: 0 },
  ])('rejects the settings %j and names the key', settings => {
    expect(() => createVerdictState(settings)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(`'${Object.keys(settings)[0]}'`),
      }),
    );
  });

  it('rejects an absurd baseline', () => {
    expect(() => createVerdictState({}, { baseline: counts(1, 2) })).toThrow(
      '2 errors of 1 requests',
    );
  });
});
