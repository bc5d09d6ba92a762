import { Decimal } from 'decimal.js';

/** Far more digits than money needs, so that no sum is rounded on the way. */
const Exact = Decimal.clone({
  precision: 60,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -60,
  toExpPos: 60,
});

/** Reads a decimal string; sums and products of the result are not rounded. */
export function toExact(amount: Decimal.Value): Decimal {
  return new Exact(amount);
}

/** Adds up decimal strings without rounding. @public */
export function sumAmounts(amounts: readonly string[]): string {
  return sumExact(amounts).toFixed();
}

/** Rounds to the cent, half a cent away from zero. @public */
export function toCents(amount: string): string {
  return withoutMinusZero(toExact(amount).toFixed(2));
}

/**
 * Rounds amounts to the cent so that they sum to their rounded sum.
 *
 * By largest remainder: every amount is rounded down, and the cents that then
 * lack go to those that lost most. No amount moves by a whole cent, and zero
 * stays zero.
 *
 * @public
 */
export function apportionCents(amounts: readonly string[]): string[] {
  const parts = amounts.map((amount, index) => {
    const cents = toExact(amount).times(100);
    const floor = cents.floor();
    return { index, floor, lost: cents.minus(floor) };
  });
  const total = sumExact(amounts).times(100).round();
  const floors = parts.reduce((sum, { floor }) => sum.plus(floor), toExact(0));
  const lacking = total.minus(floors).toNumber();
  const raised = new Set(
    [...parts]
      .sort((a, b) => b.lost.comparedTo(a.lost) || a.index - b.index)
      .slice(0, lacking)
      .map(({ index }) => index),
  );
  return parts.map(({ index, floor }) =>
    withoutMinusZero(
      floor
        .plus(raised.has(index) ? 1 : 0)
        .div(100)
        .toFixed(2),
    ),
  );
}

/**
 * Writes an amount as people read it: `$1,204.50`, `-$3.00`, and
 * `less than $0.01` for what is there and would read as nothing.
 *
 * @public
 */
export function formatUsd(amount: string): string {
  const exact = toExact(amount);
  const cents = exact.abs().toFixed(2);
  if (cents === '0.00') return exact.gt(0) ? 'less than $0.01' : '$0.00';
  const [dollars, fraction] = cents.split('.');
  const grouped = dollars.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${exact.isNegative() ? '-' : ''}$${grouped}.${fraction}`;
}

function sumExact(amounts: readonly string[]): Decimal {
  return amounts.reduce((sum, amount) => sum.plus(amount), toExact(0));
}

function withoutMinusZero(cents: string): string {
  return cents === '-0.00' ? '0.00' : cents;
}
