/** With fewer findings than this, all of them may well have been fixed at once. */
const MINIMUM_HELD = 10;

/**
 * Tells whether a look found so much less than is held that the source is more
 * likely broken than everything fixed: ten or more are held, and less than half
 * as many were told.
 *
 * @public
 */
export function isSuddenDrop(options: {
  /** Findings of the source that are open. */
  held: number;
  /** Findings that the source tells now. */
  told: number;
}): boolean {
  return options.held >= MINIMUM_HELD && options.told * 2 < options.held;
}
