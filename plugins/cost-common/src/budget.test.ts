import { judgeBudget, parseBudget } from './budget';
import { isShrunken } from './shrunken';

describe('parseBudget', () => {
  it.each(['50', '49.90', ' 1000.5 ', '0.01'])('takes %s', value => {
    expect(parseBudget(value)).toEqual({ budget: value.trim() });
  });

  it.each(['', '0', '-5', '$50', '1e3', '50.001', 'fifty', '1'.repeat(200)])(
    'takes %p for no budget and says so',
    value => {
      const { budget, budgetProblem } = parseBudget(value);
      expect(budget).toBeUndefined();
      expect(budgetProblem).toMatch(/'forkyard.dev\/budget' is/);
      expect(budgetProblem!.length).toBeLessThan(250);
    },
  );

  it('says nothing where there is no annotation', () => {
    expect(parseBudget(undefined)).toEqual({});
  });
});

describe('judgeBudget', () => {
  it.each([
    ['50.01', undefined, 'over'],
    ['50.0000000000000000001', '1', 'over'],
    ['50', undefined, 'within'],
    ['12', '50', 'within'],
    ['12', '50.01', 'forecast-over'],
    ['-3', undefined, 'within'],
  ])(
    'of $%s spent and $%s expected, of $50: %s',
    (spent, forecast, standing) => {
      expect(judgeBudget({ spent, forecast, budget: '50' })).toBe(standing);
    },
  );
});

describe('isShrunken', () => {
  it.each([
    [0, 0, false],
    [0, 5, false],
    [1, 0, true],
    [10, 5, false],
    [10, 4, true],
    [2, 1, false],
  ])('of %s charges, %s left: %s', (heldCharges, givenCharges, expected) => {
    expect(isShrunken({ heldCharges, givenCharges })).toBe(expected);
  });
});
