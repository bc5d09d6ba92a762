import fc from 'fast-check';
import { lowerBound, upperBound } from './bounds';
import { logEvidence } from './eVariable';
import { bet, createWealth, logTotal } from './wealth';

const share = (min = 0, max = 1) => fc.double({ min, max, noNaN: true });

/** Probabilities of 0 to `total` bad requests. */
function binomial(total: number, bad: number): number[] {
  let row = [1];
  for (let request = 0; request < total; request += 1) {
    const next = new Array<number>(row.length + 1).fill(0);
    row.forEach((probability, count) => {
      next[count] += probability * (1 - bad);
      next[count + 1] += probability * bad;
    });
    row = next;
  }
  return row;
}

/** E[S] over everything that can happen in a block. */
function expectEvidence(options: {
  totals: { stable: number; canary: number };
  truth: { stable: number; canary: number };
  alternative: { stable: number; canary: number };
  tolerance: number;
}): number {
  const { totals, truth, alternative, tolerance } = options;
  const stable = binomial(totals.stable, truth.stable);
  const canary = binomial(totals.canary, truth.canary);
  let sum = 0;
  stable.forEach((stableProbability, stableBad) =>
    canary.forEach((canaryProbability, canaryBad) => {
      const log = logEvidence(
        {
          stableTotal: totals.stable,
          canaryTotal: totals.canary,
          stableBad,
          canaryBad,
        },
        alternative,
        tolerance,
      );
      sum += stableProbability * canaryProbability * Math.exp(log);
    }),
  );
  return sum;
}

describe('the evidence of a block', () => {
  it('is at most 1 in expectation for every pair of shares that the hypothesis allows', () => {
    fc.assert(
      fc.property(
        fc.record({
          stable: fc.integer({ min: 1, max: 12 }),
          canary: fc.integer({ min: 1, max: 6 }),
        }),
        share(0, 0.5),
        fc.record({ stable: share(0.001, 0.999), canary: share(0.001, 0.999) }),
        share(),
        share(),
        (totals, tolerance, alternative, a, b) => {
          const isHarm = alternative.canary > alternative.stable + tolerance;
          const stable = isHarm ? a : a * (1 - tolerance);
          const border = Math.min(1, stable + tolerance);
          const canary = isHarm ? b * border : border + b * (1 - border);
          expect(
            expectEvidence({
              totals,
              truth: { stable, canary },
              alternative,
              tolerance,
            }),
          ).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is more than 1 in expectation when the alternative is true', () => {
    const alternative = { stable: 0.01, canary: 0.2 };
    const totals = { stable: 20, canary: 10 };
    const evidence = expectEvidence({
      totals,
      truth: alternative,
      alternative,
      tolerance: 0.05,
    });
    expect(evidence).toBeGreaterThan(2);
  });
});

describe('the wealth', () => {
  it.each([
    [1, 1, 1],
    [1.25, 0.5, 0.99],
    [5, 0.3, 0.9],
  ])(
    'stays at most 1 in expectation for a design effect of %d when every bet is fair, whatever was divided how',
    (designEffect, least, most) => {
      const logShares = [Math.log(0.7), Math.log(0.3)];
      const rounds = 10;
      let sum = 0;
      for (let flips = 0; flips < 2 ** rounds; flips += 1) {
        let wealth = createWealth(2);
        for (let round = 0; round < rounds; round += 1) {
          const won = Math.floor(flips / 2 ** round) % 2 === 1;
          wealth = bet(wealth, logShares, index => {
            const stake = index === 0 ? 0.9 : 0.2;
            return Math.log(won ? 1 + stake : 1 - stake);
          });
        }
        sum += Math.exp(logTotal(wealth, designEffect));
      }
      expect(sum / 2 ** rounds).toBeLessThan(most + 1e-9);
      expect(sum / 2 ** rounds).toBeGreaterThan(least - 1e-9);
    },
  );
});

describe('the confidence bounds', () => {
  it.each([0.02, 0.3])(
    'both exclude a true share of %d at any of 400 looks less often than promised',
    truth => {
      const alpha = 0.05;
      let alive = new Map([[0, 1]]);
      let excluded = 0;
      for (let total = 1; total <= 400; total += 1) {
        const next = new Map<number, number>();
        for (const [bad, probability] of alive) {
          for (const [count, chance] of [
            [bad, 1 - truth],
            [bad + 1, truth],
          ]) {
            const isOut =
              upperBound(count, total, alpha / 2) < truth ||
              lowerBound(count, total, alpha / 2) > truth;
            if (isOut) excluded += probability * chance;
            else next.set(count, (next.get(count) ?? 0) + probability * chance);
          }
        }
        alive = next;
      }
      expect(excluded).toBeGreaterThan(0);
      expect(excluded).toBeLessThan(alpha);
    },
  );
});
