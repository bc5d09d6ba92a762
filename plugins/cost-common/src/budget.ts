import { ANNOTATION_BUDGET } from './annotations';
import { toExact } from './money';
import type { BudgetStanding } from './types';

/**
 * Reads the value of the annotation `forkyard.dev/budget`: an amount above zero
 * with at most two decimals. What cannot be read is told, and is no budget.
 *
 * @public
 */
export function parseBudget(value: string | undefined): {
  budget?: string;
  budgetProblem?: string;
} {
  if (value === undefined) return {};
  const text = value.trim();
  if (/^\d{1,9}(\.\d{1,2})?$/.test(text) && Number(text) > 0) {
    return { budget: text };
  }
  return {
    budgetProblem: `Annotation '${ANNOTATION_BUDGET}' is '${value.slice(0, 50)}', which is no amount in US dollars above zero: write for example '50' or '49.90'.`,
  };
}

/**
 * Judges a month's cost by its budget: over when more is spent already, else by
 * the forecast when there is one. To spend the budget to the cent is within it.
 *
 * @public
 */
export function judgeBudget(options: {
  spent: string;
  /** At the end of the month; absent when unknown. */
  forecast?: string;
  budget: string;
}): BudgetStanding {
  const { spent, forecast, budget } = options;
  if (toExact(spent).gt(budget)) return 'over';
  return forecast !== undefined && toExact(forecast).gt(budget)
    ? 'forecast-over'
    : 'within';
}

/** What people read. @public */
export const BUDGET_STANDING_WORDS: Record<BudgetStanding, string> = {
  over: 'Over budget',
  'forecast-over': 'Likely over budget',
  within: 'Within budget',
};
