import { useMemo } from 'react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  ErrorState,
  LoadingState,
  TimeSeriesChart,
  type ChartMark,
  type ChartTarget,
} from '@forkyard/frontend-kit';
import type { BudgetSeries, Slo } from '@forkyard/plugin-slo-common';
import { useBudget } from '../../hooks/useBudget';
import { formatBudget, formatObjective } from '../../presentation/sloWords';
import { BurnRateTable } from './BurnRateTable';

const spent: ChartTarget = { value: 0, label: 'Spent' };

/** Explains one SLO: what it promises, how its budget went, how fast it burns. */
export function BudgetPanel(props: { slo: Slo; marks: ChartMark[] }) {
  const { slo, marks } = props;
  const { value: budget, error, refresh } = useBudget(slo);
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label={slo.title}
      sx={{ p: 2 }}
    >
      <Stack spacing={2}>
        <Objective slo={slo} />
        {budget ? (
          <BurnDown budget={budget} marks={marks} />
        ) : (
          <>
            {error ? (
              <ErrorState
                compact
                title="The course of the error budget could not be loaded"
                error={error}
                onRetry={refresh}
              />
            ) : (
              <LoadingState
                label="Loading the error budget"
                rows={1}
                rowHeight={200}
              />
            )}
          </>
        )}
        <BurnRateTable slo={slo} />
      </Stack>
    </Paper>
  );
}

function Objective({ slo }: { slo: Slo }) {
  const bad = slo.total - slo.good;
  return (
    <Box>
      <Typography variant="subtitle1" component="h3" fontWeight={600}>
        {slo.title}
      </Typography>
      {slo.description && (
        <Typography variant="body2" color="text.secondary">
          {slo.description}
        </Typography>
      )}
      <Typography
        variant="body2"
        color="text.secondary"
        sx={{ fontVariantNumeric: 'tabular-nums' }}
      >
        {formatObjective(slo)} of requests
        {slo.signal === 'latency' && slo.thresholdMilliseconds !== undefined
          ? ` within ${slo.thresholdMilliseconds.toLocaleString()} ms`
          : ''}{' '}
        over {slo.windowDays} days
        {slo.total > 0 &&
          `; ${bad.toLocaleString()} of ${slo.total.toLocaleString()} missed it`}
      </Typography>
    </Box>
  );
}

function BurnDown(props: { budget: BudgetSeries; marks: ChartMark[] }) {
  const { budget, marks } = props;
  const lines = useMemo(
    () => [
      {
        id: 'left',
        label: 'Budget left',
        points: budget.points.map(({ at, budgetRemainingRatio: left }) => ({
          at,
          value: left === undefined ? undefined : left * 100,
        })),
      },
    ],
    [budget],
  );
  return (
    <TimeSeriesChart
      title="Error budget left"
      unit="%"
      formatValue={percent => formatBudget(percent / 100)}
      lines={lines}
      from={budget.from}
      to={budget.to}
      intervalMs={budget.stepMinutes * 60_000}
      target={spent}
      marks={marks}
      emptyText="Nothing was measured in this window. The budget is unknown, not full."
    />
  );
}
