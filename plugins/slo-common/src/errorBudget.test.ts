import fc from 'fast-check';
import { budgetBurnDown, daysUntilExhausted, errorBudget } from './errorBudget';

const step = fc
  .tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }))
  .map(([one, other]) => ({
    good: Math.min(one, other),
    total: Math.max(one, other),
  }));

const objective = fc.double({ min: 0.5, max: 0.99999, noNaN: true });

describe('errorBudget', () => {
  it('counts what may fail, what did, and what is left', () => {
    expect(errorBudget({ good: 99_931, total: 100_000 }, 0.999)).toEqual({
      ratio: 0.99931,
      allowedBad: expect.closeTo(100, 6),
      bad: 69,
      remainingRatio: expect.closeTo(0.31, 6),
    });
    expect(
      errorBudget({ good: 99_700, total: 100_000 }, 0.999).remainingRatio,
    ).toBeCloseTo(-2, 6);
  });

  it('knows nothing without requests', () => {
    expect(errorBudget({ good: 0, total: 0 }, 0.999)).toEqual({
      allowedBad: 0,
      bad: 0,
    });
  });

  it('is spent exactly when the objective is missed', () => {
    fc.assert(
      fc.property(step, objective, (counts, target) => {
        fc.pre(counts.total > 0);
        const { ratio, remainingRatio } = errorBudget(counts, target);
        expect(remainingRatio!).toBeLessThanOrEqual(1);
        fc.pre(Math.abs(ratio! - target) > 1e-9);
        expect(remainingRatio! < 0).toBe(ratio! < target);
      }),
    );
  });
});

describe('budgetBurnDown', () => {
  it('knows nothing of a window without requests', () => {
    expect(budgetBurnDown([{ good: 0, total: 0 }], 0.999)).toEqual([undefined]);
  });

  it('never rises, and ends where the budget of the window stands', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 50 }),
        objective,
        (steps, target) => {
          const line = budgetBurnDown(steps, target);
          const sum = {
            good: steps.reduce((good, part) => good + part.good, 0),
            total: steps.reduce((total, part) => total + part.total, 0),
          };
          const { remainingRatio } = errorBudget(sum, target);
          fc.pre(remainingRatio !== undefined);
          expect(line.at(-1)).toBeCloseTo(remainingRatio!, 6);
          const sorted = line.map(Number).sort((one, other) => other - one);
          expect(line).toEqual(sorted);
        },
      ),
    );
  });
});

describe('daysUntilExhausted', () => {
  it('divides what is left by the rate', () => {
    const windowDays = 30;
    expect(
      daysUntilExhausted({ remainingRatio: 0.3, burnRate: 1.5, windowDays }),
    ).toBeCloseTo(6, 9);
  });

  it('says nothing when it will not be spent, is spent, or is unknown', () => {
    const windowDays = 30;
    for (const [remainingRatio, burnRate] of [
      [1, 1],
      [0.5, 0],
      [0, 5],
      [-1, 5],
      [undefined, 5],
      [0.5, undefined],
    ]) {
      expect(
        daysUntilExhausted({ remainingRatio, burnRate, windowDays }),
      ).toBeUndefined();
    }
  });
});
