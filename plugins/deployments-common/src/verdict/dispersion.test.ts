import fc from 'fast-check';
import {
  addTime,
  boundDesignEffect,
  createDispersion,
  estimateDesignEffect,
  keepStable,
  type Dispersion,
} from './dispersion';
import type { Block } from './eVariable';

/** Numbers from 0 to 1, the same ones each time (Park and Miller). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** So many ticks of 95 and 5 requests, that fail in bursts with a share for each tick. */
function learn(options: {
  burst: number;
  shareAt?: (tick: number) => number;
  canaryShareAt?: (tick: number) => number;
  ticks?: number;
}): Dispersion {
  const { burst, shareAt = () => 0.01, ticks = 400 } = options;
  const { canaryShareAt = shareAt } = options;
  const random = createRandom(7);
  const draw = (total: number, share: number) => {
    let bad = 0;
    for (let at = 0; at < total; at += burst) {
      if (random() < share) bad += Math.min(burst, total - at);
    }
    return bad;
  };
  let dispersion = createDispersion();
  for (let tick = 0; tick < ticks; tick += 1) {
    dispersion = addTime(dispersion, {
      stableTotal: 95,
      stableBad: draw(95, shareAt(tick)),
      canaryTotal: 5,
      canaryBad: draw(5, canaryShareAt(tick)),
    });
  }
  return dispersion;
}

const estimate = (dispersion: Dispersion, cautious = false) =>
  estimateDesignEffect(dispersion, { cautious });

const nothing: Block = {
  canaryTotal: 0,
  canaryBad: 0,
  stableTotal: 0,
  stableBad: 0,
};

const arbitraryBlock: fc.Arbitrary<Block> = fc
  .tuple(fc.nat(300), fc.nat(300), fc.nat(300), fc.nat(300))
  .map(([stableTotal, stableBad, canaryTotal, canaryBad]) => ({
    stableTotal,
    stableBad: Math.min(stableBad, stableTotal),
    canaryTotal,
    canaryBad: Math.min(canaryBad, canaryTotal),
  }));

describe('the design effect', () => {
  it('is about 1 when each request fails for itself', () => {
    expect(estimate(learn({ burst: 1 }))).toBeLessThan(1.4);
  });

  it('is at least the size of bursts, and not many times that', () => {
    const effect = estimate(learn({ burst: 5 }));
    expect(effect).toBeGreaterThan(4.5);
    expect(effect).toBeLessThan(15);
  });

  it('is hardly raised by what hits both versions alike', () => {
    const hiccups = (tick: number) => (tick % 60 < 3 ? 0.3 : 0.01);
    const shared = estimate(learn({ burst: 1, shareAt: hiccups }));
    const canaryShareAt = (tick: number) => hiccups(tick + 20);
    const own = estimate(learn({ burst: 1, shareAt: hiccups, canaryShareAt }));
    expect(shared).toBeLessThan(6);
    expect(own).toBeGreaterThan(2 * shared);
  });

  it('is hardly raised by a slow drift', () => {
    const drift = (tick: number) => 0.01 * (1 + tick / 2000);
    expect(
      estimate(learn({ burst: 1, shareAt: drift, ticks: 4000 })),
    ).toBeLessThan(1.6);
  });

  it('is guessed with caution while nothing is known, and 1 where caution is not asked for', () => {
    expect(estimate(createDispersion(), true)).toBe(2);
    expect(estimate(createDispersion())).toBe(1);
    const known = learn({ burst: 1 });
    expect(estimate(known, true) - estimate(known)).toBeLessThan(0.05);
  });

  describe('of a version that fails far more', () => {
    /** Six hours in which the stable version failed so often in each two minutes. */
    const before = (errorsAt: (step: number) => number) =>
      keepStable(
        Array.from({ length: 180 }, (_, step) => ({
          ...nothing,
          stableTotal: 1600,
          stableBad: errorsAt(step),
        })).reduce(
          (known, time) => addTime(known, time, 16),
          createDispersion(),
        ),
      );
    /** What followed: as many failures of the new version in each tick as said. */
    const then = (
      known: Dispersion,
      canaryBadAt: (tick: number) => number,
      ticks = 40,
    ) =>
      Array.from({ length: ticks }, (_, tick) => ({
        stableTotal: 95,
        stableBad: tick % 2,
        canaryTotal: 5,
        canaryBad: canaryBadAt(tick),
      })).reduce((after, time) => addTime(after, time), known);
    const bursts = before(step => (step % 3 === 0 ? 300 : 16));
    const evenly = (tick: number) => (tick % 3 === 0 ? 2 : 1);

    it('is bounded where it fails evenly, however the stable version was sent bursts', () => {
      const attacked = then(bursts, evenly);
      expect(estimate(attacked, true)).toBe(64);
      expect(boundDesignEffect(attacked)).toBe(8);
    });

    it('is not bounded before enough of its failures were seen', () => {
      expect(boundDesignEffect(then(bursts, evenly, 10))).toBe(64);
      expect(boundDesignEffect(then(bursts, () => 0))).toBe(64);
      expect(boundDesignEffect(bursts)).toBe(64);
    });

    it('is bounded less where its own failures come together', () => {
      const own = then(bursts, tick => (tick % 10 < 3 ? 5 : 0), 160);
      expect(boundDesignEffect(own)).toBeGreaterThan(20);
    });

    it('keeps what lasts for longer than it was seen, as users who fail again and again', () => {
      // Ten minutes in each half hour are bad: no burst, and not seen in five.
      const users = before(step => (step % 15 < 5 ? 60 : 16));
      const bounded = boundDesignEffect(then(users, evenly));
      const brief = before(step => (step % 3 === 0 ? 60 : 16));
      expect(bounded).toBeGreaterThan(
        2 * boundDesignEffect(then(brief, evenly)),
      );
    });

    it('is not bounded by a state of which that was not learned', () => {
      const stored = then(bursts, evenly).map(
        ({ alone: _, ...scale }) => scale,
      );
      expect(boundDesignEffect(stored)).toBe(64);
      expect(boundDesignEffect(then(stored, evenly, 80))).toBe(8);
    });
  });

  it('stays between 1 and 64 whatever is counted, and depends on nothing but its JSON', () => {
    fc.assert(
      fc.property(fc.array(arbitraryBlock, { maxLength: 60 }), blocks => {
        let dispersion = createDispersion();
        let stored = dispersion;
        for (const block of blocks) {
          dispersion = addTime(dispersion, block);
          stored = JSON.parse(JSON.stringify(addTime(stored, block)));
        }
        expect(stored).toEqual(dispersion);
        const effect = estimate(dispersion, true);
        expect(effect).toBeGreaterThanOrEqual(1);
        expect(effect).toBeLessThanOrEqual(64);
        const bound = boundDesignEffect(dispersion);
        expect(bound).toBeGreaterThanOrEqual(8);
        expect(bound).toBeLessThanOrEqual(64);
      }),
    );
  });
});
