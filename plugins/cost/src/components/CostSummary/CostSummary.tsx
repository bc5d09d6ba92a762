import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { EntityCost } from '@forkyard/plugin-cost-common';
import { costSentence, forecastSentence } from '../../presentation/costWords';
import { BudgetBar } from './BudgetBar';

/** Answers what an entity costs this month, and how that stands to its budget. */
export function CostSummary(props: { cost: EntityCost }) {
  const { cost } = props;
  return (
    <Stack spacing={1}>
      <Typography variant="body1">{costSentence(cost)}</Typography>
      {cost.budget && (
        <BudgetBar
          spent={cost.monthToDate ?? '0'}
          forecast={cost.forecast.known ? cost.forecast.amount : undefined}
          budget={cost.budget}
        />
      )}
      <Typography variant="body2" color="text.secondary">
        {forecastSentence(cost.forecast)}
      </Typography>
      {cost.budgetProblem && (
        <Typography variant="body2" color="text.secondary">
          {cost.budgetProblem}
        </Typography>
      )}
    </Stack>
  );
}
