import { ANNOTATION_BUDGET } from './annotations';

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
