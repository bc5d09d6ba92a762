import type { FindingSeverity } from './severity';
import type { DueDays } from './types';

/**
 * Days to fix a finding when nothing is configured.
 *
 * 30, 90 and 180 days for high, medium and low are FedRAMP's (Continuous
 * Monitoring Strategy Guide, remediation of vulnerabilities). It has no class
 * above high; 7 days for critical is our own, stricter than the 15 of CISA's
 * BOD 19-02. What has no known severity has no due date.
 *
 * @public
 */
export const DEFAULT_DUE_DAYS: DueDays = {
  critical: 7,
  high: 30,
  medium: 90,
  low: 180,
};

const DAY_MS = 24 * 60 * 60_000;

/**
 * Tells by when a finding should be fixed. The clock starts when it was first
 * seen, and does not start again when it comes back after a fix.
 *
 * @public
 */
export function dueDate(options: {
  firstSeenAt: Date;
  severity: FindingSeverity;
  dueDays: DueDays;
}): Date | undefined {
  const days = options.dueDays[options.severity];
  return days === undefined
    ? undefined
    : new Date(options.firstSeenAt.getTime() + days * DAY_MS);
}
