import fc from 'fast-check';
import { forecast } from './forecast';

const seven = ['1', '1', '1', '1', '1', '1', '1'];

describe('forecast', () => {
  it('adds the mean of the last seven full days for every day to come', () => {
    expect(
      forecast({
        monthToDate: '20.5',
        todaySoFar: '0.5',
        fullDays: ['100', ...seven],
        today: '2026-11-21',
      }),
    ).toEqual({
      known: true,
      amount: '30.00',
      low: '30.00',
      high: '30.00',
      basisDays: 7,
    });
  });

  it('adds nothing for a day that already cost more than usual', () => {
    expect(
      forecast({
        monthToDate: '25',
        todaySoFar: '5',
        fullDays: seven,
        today: '2026-11-30',
      }),
    ).toMatchObject({ amount: '25.00', low: '25.00', high: '25.00' });
  });

  it('widens the interval with the spread of the days and the days to come', () => {
    // Days 1, 2, 3: mean 2, deviation 1, t = 1.886 for 2 degrees of freedom;
    // 10 days to come: 1.886 * sqrt(10 + 100 / 3) = 12.415.
    expect(
      forecast({
        monthToDate: '40',
        todaySoFar: '2',
        fullDays: ['1', '2', '3'],
        today: '2026-11-20',
      }),
    ).toEqual({
      known: true,
      amount: '60.00',
      low: '47.58',
      high: '72.42',
      basisDays: 3,
    });
  });

  it.each([
    [0, 'there are 0 so far'],
    [1, 'there is 1 so far'],
    [2, 'there are 2 so far'],
  ])('is unknown after %s full days', (days, words) => {
    expect(
      forecast({
        monthToDate: '2',
        todaySoFar: '1',
        fullDays: seven.slice(0, days),
        today: '2026-11-03',
      }),
    ).toEqual({ known: false, reason: expect.stringContaining(words) });
  });

  it('never ends below what was spent, while there were no credits', () => {
    const cost = fc
      .integer({ min: 0, max: 10_000_000 })
      .map(tenthsOfCent => (tenthsOfCent / 1000).toFixed(3));
    fc.assert(
      fc.property(
        fc.array(cost, { minLength: 3, maxLength: 10 }),
        cost,
        fc.integer({ min: 1, max: 28 }),
        (fullDays, todaySoFar, day) => {
          const result = forecast({
            monthToDate: todaySoFar,
            todaySoFar,
            fullDays,
            today: `2026-02-${String(day).padStart(2, '0')}`,
          });
          if (!result.known) throw new Error(result.reason);
          const [low, amount, high] = [
            result.low,
            result.amount,
            result.high,
          ].map(Number);
          expect(low).toBeGreaterThanOrEqual(
            Number(Number(todaySoFar).toFixed(2)) - 0.01,
          );
          expect(low).toBeLessThanOrEqual(amount);
          expect(amount).toBeLessThanOrEqual(high);
        },
      ),
    );
  });

  it('may end below what was spent when credits come in', () => {
    expect(
      forecast({
        monthToDate: '10',
        todaySoFar: '0',
        fullDays: ['-1', '-1', '-1'],
        today: '2026-11-28',
      }),
    ).toMatchObject({ amount: '8.00' });
  });
});
