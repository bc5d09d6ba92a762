import type { RequestCounts } from './errorBudget';
import type { AlertSeverity, BurnState } from './types';

/**
 * A pair of windows whose burn rates must both exceed a factor.
 *
 * @public
 */
export interface BurnRule {
  severity: AlertSeverity;
  longWindowMinutes: number;
  /** A twelfth of the long one; makes the alert end soon after the trouble. */
  shortWindowMinutes: number;
  factor: number;
  /** Share of the error budget that is gone when the rule begins to fire. */
  budgetConsumed: number;
}

/**
 * The Site Reliability Workbook, chapter 5, "Alerting on SLOs", approach 6,
 * "Multiwindow, Multi-Burn-Rate Alerts", for an SLO over 30 days: the recommended
 * parameters, and the ticket over one day that its listing has besides.
 */
const WORKBOOK = [
  { severity: 'page', longHours: 1, factor: 14.4, budgetConsumed: 0.02 },
  { severity: 'page', longHours: 6, factor: 6, budgetConsumed: 0.05 },
  { severity: 'ticket', longHours: 24, factor: 3, budgetConsumed: 0.1 },
  { severity: 'ticket', longHours: 72, factor: 1, budgetConsumed: 0.1 },
] as const;

/**
 * Gives the rules for an SLO over so many days.
 *
 * For another window than 30 days the pairs of windows stay, since they are how
 * fast people can act, and so does the share of the budget that is consumed;
 * the factors follow, in proportion to the length. None goes below
 * 1, the rate at which the budget just lasts. A factor of `1 / (1 - objective)`
 * or more cannot be exceeded: such a rule never fires, and slower ones do.
 *
 * `windowScale` shortens the pairs of windows for rehearsals and leaves the
 * factors as they are.
 *
 * @public
 */
export function burnRules(options: {
  windowDays: number;
  windowScale?: number;
}): BurnRule[] {
  const { windowDays, windowScale = 1 } = options;
  return WORKBOOK.map(({ severity, longHours, factor, budgetConsumed }) => ({
    severity,
    longWindowMinutes: Math.max(1, Math.round(longHours * 60 * windowScale)),
    shortWindowMinutes: Math.max(1, Math.round(longHours * 5 * windowScale)),
    factor: Math.max(1, (factor * windowDays) / 30),
    budgetConsumed,
  }));
}

/**
 * Computes how many times faster than sustainable the budget is spent: the
 * share of bad requests over the share that may be bad. Unknown without
 * requests.
 *
 * @public
 */
export function burnRate(
  counts: RequestCounts | undefined,
  objective: number,
): number | undefined {
  if (!counts || !(counts.total > 0)) return undefined;
  return badOf(counts) / counts.total / (1 - objective);
}

/**
 * Fewer bad requests in the long window do not start an alert.
 *
 * With few requests one failure exceeds every factor: 1 of 20 burns a 99.9 %
 * objective fifty times too fast. Five show that it is not one user's bad luck.
 *
 * @public
 */
export const DEFAULT_MINIMUM_BAD_REQUESTS = 5;

/**
 * Decides whether a rule fires.
 *
 * It begins to when both windows exceed the factor and the long one has enough
 * bad requests; it ends when a window in which there were requests no longer
 * exceeds it. Where a window is unmeasured, or nothing happened in it, it stays
 * as it was: silence is no evidence of health.
 *
 * @public
 */
export function evaluateBurn(options: {
  rule: BurnRule;
  objective: number;
  long: RequestCounts | undefined;
  short: RequestCounts | undefined;
  /** Whether it fired before. */
  wasFiring: boolean;
  minimumBadRequests?: number;
}): BurnState {
  const { rule, objective, long, short, wasFiring } = options;
  const minimum = options.minimumBadRequests ?? DEFAULT_MINIMUM_BAD_REQUESTS;
  const longBurnRate = burnRate(long, objective);
  const shortBurnRate = burnRate(short, objective);
  const state = {
    severity: rule.severity,
    longWindowMinutes: rule.longWindowMinutes,
    shortWindowMinutes: rule.shortWindowMinutes,
    factor: rule.factor,
    longBurnRate,
    shortBurnRate,
  };
  if (
    long === undefined ||
    longBurnRate === undefined ||
    shortBurnRate === undefined
  ) {
    return { ...state, firing: wasFiring };
  }
  const exceeds = longBurnRate > rule.factor && shortBurnRate > rule.factor;
  if (exceeds && !wasFiring && badOf(long) < minimum) {
    return { ...state, firing: false, heldBack: 'low-traffic' };
  }
  return { ...state, firing: exceeds };
}

function badOf({ good, total }: RequestCounts): number {
  return Math.max(0, total - good);
}
