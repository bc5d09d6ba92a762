import { median, medianAbsoluteDeviation } from 'simple-statistics';
import { toCents, toExact } from './money';

/** Days before the judged one that tell what is usual. */
export const ANOMALY_BASIS_DAYS = 28;

const SHORTEST_BASIS_DAYS = 7;
const WEEK_DAYS = 7;
const MOST_DEVIATIONS = 5;
const LEAST_EXCESS_RATIO = '0.5';

/**
 * The standard deviation of a normal distribution is this many times its median
 * absolute deviation: 1 / Φ⁻¹(3/4).
 */
const DEVIATION_OF_MAD = 1.4826;

/**
 * Decides whether a day cost unusually much, and what such a day usually costs.
 *
 * Usual is the median of the days before, or that of the same weekday among
 * them when it is higher, so that busy weekends are no news. The day is unusual when it costs more than that by all of
 *
 * - five robust standard deviations (median absolute deviation times 1.4826),
 * - half of what is usual, since steady costs hardly deviate at all,
 * - `leastExcess` dollars, so that cents alarm nobody.
 *
 * Medians do not move with a few dear days, and follow a lasting rise after two
 * weeks. A day that costs less than usual is never unusual: it is cheap, or its
 * charges are late. With fewer than 7 days before it, nothing is.
 *
 * @param options - `basis` are the costs of up to 28 full days before the judged
 * one, the day before it last; `undefined` where nobody knows.
 * @returns What is usual, to the cent; nothing when the day is not unusual.
 * @public
 */
export function findUnusualCost(options: {
  amount: string;
  basis: readonly (string | undefined)[];
  /** US dollars. */
  leastExcess: string;
}): { usual: string } | undefined {
  const { amount, leastExcess } = options;
  const basis = options.basis.slice(-ANOMALY_BASIS_DAYS);
  // Statistics are no sums: sixteen digits are far more than they mean.
  const known = basis.flatMap(day => (day === undefined ? [] : Number(day)));
  if (known.length < SHORTEST_BASIS_DAYS || toExact(amount).lt(leastExcess)) {
    return undefined;
  }
  const sameWeekday = basis.flatMap((day, index) =>
    day !== undefined && (basis.length - index) % WEEK_DAYS === 0
      ? Number(day)
      : [],
  );
  const usual = toExact(
    Math.max(
      0,
      median(known),
      sameWeekday.length > 0 ? median(sameWeekday) : 0,
    ),
  );
  const excess = toExact(amount).minus(usual);
  const isUnusual =
    excess.gte(leastExcess) &&
    excess.gt(usual.times(LEAST_EXCESS_RATIO)) &&
    excess.gt(
      toExact(medianAbsoluteDeviation(known))
        .times(DEVIATION_OF_MAD)
        .times(MOST_DEVIATIONS),
    );
  return isUnusual ? { usual: toCents(usual.toFixed()) } : undefined;
}
