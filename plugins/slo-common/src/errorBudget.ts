/**
 * Good and all requests of a time.
 *
 * @public
 */
export interface RequestCounts {
  good: number;
  total: number;
}

/** @public */
export interface ErrorBudget {
  /** `good / total`; absent when there were no requests. */
  ratio?: number;
  /** Requests that may fail: `(1 - objective) * total`. */
  allowedBad: number;
  bad: number;
  /** 1 when none is used, 0 when spent, negative when overspent. */
  remainingRatio?: number;
}

/**
 * Computes the error budget of a window: of all requests in it, the share
 * `1 - objective` may be bad. It is counted in occurrences, so that a window
 * that is not full yet has the smaller budget of the requests it has seen. No
 * requests give no answer rather than a full or an empty budget.
 *
 * Source: The Site Reliability Workbook, chapter 2, "Implementing SLOs".
 *
 * @public
 */
export function errorBudget(
  counts: RequestCounts,
  objective: number,
): ErrorBudget {
  const bad = Math.max(0, counts.total - counts.good);
  const allowedBad = counts.total * (1 - objective);
  if (!(counts.total > 0)) return { allowedBad: 0, bad: 0 };
  return {
    ratio: (counts.total - bad) / counts.total,
    allowedBad,
    bad,
    remainingRatio: 1 - bad / allowedBad,
  };
}

/**
 * Estimates in how many days the budget will be spent at a burn rate. Answers
 * nothing for a rate that does not spend it within one window: what was burnt
 * before then leaves the rolling window and is given back.
 *
 * @public
 */
export function daysUntilExhausted(options: {
  remainingRatio: number | undefined;
  burnRate: number | undefined;
  windowDays: number;
}): number | undefined {
  const { remainingRatio, burnRate, windowDays } = options;
  if (remainingRatio === undefined || burnRate === undefined) return undefined;
  if (remainingRatio <= 0 || burnRate <= 1) return undefined;
  const days = (remainingRatio / burnRate) * windowDays;
  return days < windowDays ? days : undefined;
}

/**
 * Draws down the budget of a window step by step. The budget is that of the
 * whole window, so that the last step ends where {@link errorBudget} of the
 * window stands.
 *
 * @public
 */
export function budgetBurnDown(
  steps: RequestCounts[],
  objective: number,
): (number | undefined)[] {
  const total = steps.reduce((sum, step) => sum + step.total, 0);
  const allowedBad = total * (1 - objective);
  let bad = 0;
  return steps.map(step => {
    bad += Math.max(0, step.total - step.good);
    return total > 0 ? 1 - bad / allowedBad : undefined;
  });
}
