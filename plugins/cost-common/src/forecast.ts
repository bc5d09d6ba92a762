import type { Decimal } from 'decimal.js';
import { toCents, toExact } from './money';
import type { Forecast } from './types';

const LONGEST_BASIS_DAYS = 7;
const SHORTEST_BASIS_DAYS = 3;

/**
 * Student's t for 2 to 6 degrees of freedom at 0.9: what lies between minus and
 * plus this many standard deviations is 80 % of the cases.
 */
const T_AT_90_PERCENT = ['1.886', '1.638', '1.533', '1.476', '1.440'];

/**
 * Estimates what the month will cost at its end, if the days to come are like
 * the last seven full ones.
 *
 * Adds to the month so far the mean of those days for every day to come, and
 * for today what is missing to the mean. The interval is the one in which a sum
 * of that many further days falls in 80 % of the cases when days vary as those
 * seven did, independently of each other: the variance of n days is
 * s² (n + n²/k), of which the second part is the doubt about the mean of k days.
 * It knows nothing of weekdays, growth or what was deployed. With fewer than 3
 * full days it is unknown: two days show no spread to speak of.
 *
 * @param options - `fullDays` are the costs of the last days before `today`
 * that were charged in full, without gaps and oldest first, days of the month
 * before among them; a day without cost is `0`.
 * @public
 */
export function forecast(options: {
  monthToDate: string;
  /** The part of `monthToDate` that fell on today. */
  todaySoFar: string;
  fullDays: readonly string[];
  today: string;
}): Forecast {
  const basis = options.fullDays.slice(-LONGEST_BASIS_DAYS).map(toExact);
  const k = basis.length;
  if (k < SHORTEST_BASIS_DAYS) {
    return {
      known: false,
      reason: `A forecast needs ${SHORTEST_BASIS_DAYS} full days of charges; there ${k === 1 ? 'is 1' : `are ${k}`} so far.`,
    };
  }
  const mean = basis.reduce((sum, day) => sum.plus(day)).div(k);
  const deviation = standardDeviation(basis, mean);
  const restOfToday = atLeastZero(mean.minus(options.todaySoFar));
  const n = daysAfter(options.today) + (restOfToday.isZero() ? 0 : 1);
  const spread = deviation
    .times(T_AT_90_PERCENT[k - SHORTEST_BASIS_DAYS])
    .times(
      toExact(n)
        .plus(toExact(n * n).div(k))
        .sqrt(),
    );
  const sofar = toExact(options.monthToDate);
  const amount = sofar
    .plus(restOfToday)
    .plus(mean.times(daysAfter(options.today)));
  const low = amount.minus(spread);
  const neverCredited = basis.every(day => !day.isNegative());
  return {
    known: true,
    amount: toCents(amount.toFixed()),
    low: toCents((neverCredited && low.lt(sofar) ? sofar : low).toFixed()),
    high: toCents(amount.plus(spread).toFixed()),
    basisDays: k,
  };
}

function standardDeviation(days: Decimal[], mean: Decimal): Decimal {
  return days
    .reduce((sum, day) => sum.plus(day.minus(mean).pow(2)), toExact(0))
    .div(days.length - 1)
    .sqrt();
}

function atLeastZero(value: Decimal): Decimal {
  return value.isNegative() ? toExact(0) : value;
}

function daysAfter(today: string): number {
  const [year, month, day] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate() - day;
}
