import { RatioBar } from '@forkyard/frontend-kit';
import { formatUsd } from '@forkyard/plugin-cost-common';
import { describeBudget, usd } from '../../presentation/costWords';

/** Draws how much of a budget is spent, and says whether it will do. */
export function BudgetBar(props: {
  spent: string;
  forecast?: string;
  budget: string;
  /** For table cells. */
  compact?: boolean;
}) {
  const { spent, budget, compact } = props;
  const { status, word, ratio } = describeBudget(props);
  return (
    <RatioBar
      label="Spent of the budget"
      ratio={ratio}
      status={status}
      statusLabel={word}
      value={
        compact
          ? `${word}, ${usd(budget)}`
          : `${formatUsd(spent)} of ${usd(budget)}`
      }
      compact={compact}
    />
  );
}
