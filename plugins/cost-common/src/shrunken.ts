/**
 * Decides whether an answer for a day is so much shorter than what is held for
 * it that it must be a fault: nothing at all, or fewer than half of the charges.
 * Corrections come as further charges, so that a day grows.
 *
 * @public
 */
export function isShrunken(options: {
  heldCharges: number;
  givenCharges: number;
}): boolean {
  return options.givenCharges * 2 < options.heldCharges;
}
