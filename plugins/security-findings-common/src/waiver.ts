/** Shortest reason of a waiver, in characters. @public */
export const WAIVER_REASON_MIN_LENGTH = 10;

/** Longest reason of a waiver, in characters. @public */
export const WAIVER_REASON_MAX_LENGTH = 1000;

/** Longest time a waiver may last, in days. @public */
export const WAIVER_MAX_DAYS = 366;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Tells what is wrong with a waiver before it is asked for, as sentences for
 * the user; nothing when it is fine.
 *
 * @public
 */
export function findWaiverFaults(options: {
  reason: string;
  expiresAt: string;
  now: Date;
}): { reason?: string; expiresAt?: string } {
  const { reason, expiresAt, now } = options;
  return {
    reason: findReasonFault(reason.trim()),
    expiresAt: findExpiryFault(Date.parse(expiresAt), now),
  };
}

function findReasonFault(reason: string): string | undefined {
  if (reason.length < WAIVER_REASON_MIN_LENGTH) {
    return `Say in at least ${WAIVER_REASON_MIN_LENGTH} characters why it may stay.`;
  }
  return reason.length > WAIVER_REASON_MAX_LENGTH
    ? `Say it in at most ${WAIVER_REASON_MAX_LENGTH} characters.`
    : undefined;
}

function findExpiryFault(at: number, now: Date): string | undefined {
  if (Number.isNaN(at)) return 'Name the day on which the waiver ends.';
  if (at <= now.getTime()) return 'A waiver ends in the future.';
  return at > now.getTime() + WAIVER_MAX_DAYS * DAY_MS
    ? 'A waiver lasts a year at most.'
    : undefined;
}
