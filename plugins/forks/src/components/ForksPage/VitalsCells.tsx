import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { RatioBar, StatusBadge, type Status } from '@forkyard/frontend-kit';
import {
  BUDGET_STANDING_WORDS,
  judgeBudget,
  type BudgetStanding,
} from '@forkyard/plugin-cost-common';
import type { Fork, ForkVitals } from '@forkyard/plugin-forks-common';
import { useForkAddress } from '../../hooks/useAddresses';

const budgetStatuses: Record<
  NonNullable<ForkVitals['slo']>['status'],
  { status: Status; label: string }
> = {
  ok: { status: 'healthy', label: 'Within budget' },
  burning: { status: 'degraded', label: 'Burning' },
  exhausted: { status: 'failing', label: 'Overspent' },
  unknown: { status: 'unknown', label: 'Unknown' },
};

/** Shows how much of the worst error budget is left. */
export function BudgetLeft({ fork }: { fork: Fork }) {
  const { slo } = fork.vitals;
  if (slo?.budgetRemainingRatio === undefined) {
    return <Unknown why="No SLO of it has been measured yet" />;
  }
  const { status, label } = budgetStatuses[slo.status];
  return (
    <TabLink fork={fork} tab="slos">
      <RatioBar
        compact
        label="Error budget left"
        ratio={slo.budgetRemainingRatio}
        status={status}
        statusLabel={label}
        value={budgetWords(slo.budgetRemainingRatio)}
      />
    </TabLink>
  );
}

const costStatuses: Record<BudgetStanding, Status> = {
  over: 'failing',
  'forecast-over': 'degraded',
  within: 'healthy',
};

/** Shows this month's cost against its budget. */
export function CostOfBudget({ fork }: { fork: Fork }) {
  const { cost } = fork.vitals;
  if (cost?.monthToDate === undefined)
    return <Unknown why="No charges of it are known yet" />;
  const spent = Number(cost.monthToDate);
  const budget = Number(cost.budget ?? fork.monthlyBudgetUsd);
  const forecast =
    cost.forecast === undefined ? undefined : Number(cost.forecast);
  const value = `${formatUsd(spent)} / ${formatUsd(budget)}`;
  const standing =
    budget > 0
      ? judgeBudget({
          spent: cost.monthToDate,
          forecast: cost.forecast,
          budget: String(budget),
        })
      : undefined;
  return (
    <TabLink fork={fork} tab="cost">
      <RatioBar
        compact
        label="Cost this month of its budget"
        ratio={budget > 0 ? spent / budget : undefined}
        status={standing ? costStatuses[standing] : 'unknown'}
        statusLabel={standing ? BUDGET_STANDING_WORDS[standing] : 'No budget'}
        value={value}
        trend={
          forecast === undefined
            ? undefined
            : `about ${formatUsd(forecast)} by the end of the month`
        }
      />
    </TabLink>
  );
}

/** Counts critical findings, and those whose time is over. */
export function OpenCriticals({ fork }: { fork: Fork }) {
  const { findings } = fork.vitals;
  if (!findings) return <Unknown why="It has not been scanned yet" />;
  const { openCritical, overdue } = findings;
  return (
    <TabLink fork={fork} tab="security">
      <Typography
        variant="body2"
        component="span"
        sx={{
          fontVariantNumeric: 'tabular-nums',
          fontWeight: openCritical > 0 ? 700 : 400,
        }}
      >
        {openCritical}
        {overdue > 0 && `, ${overdue} overdue`}
      </Typography>
    </TabLink>
  );
}

/** Counts the alerts that fire. */
export function FiringAlerts({ fork }: { fork: Fork }) {
  const { alerts } = fork.vitals;
  if (!alerts || alerts.firing === 0) {
    return (
      <Typography
        variant="body2"
        color="text.secondary"
        title={alerts ? undefined : 'No alert so far'}
      >
        None
      </Typography>
    );
  }
  return (
    <TabLink fork={fork} tab="runbooks">
      <StatusBadge
        status={alerts.highestSeverity === 'ticket' ? 'degraded' : 'failing'}
        label={`${alerts.firing} firing`}
      />
    </TabLink>
  );
}

function TabLink(props: { fork: Fork; tab: string; children: ReactNode }) {
  const address = useForkAddress()(props.fork);
  if (!address) return <>{props.children}</>;
  return (
    <Link
      component={RouterLink}
      to={`${address}/${props.tab}`}
      underline="hover"
      color="inherit"
      sx={{ display: 'block' }}
    >
      {props.children}
    </Link>
  );
}

function Unknown({ why }: { why: string }) {
  return (
    <Typography
      variant="body2"
      color="text.secondary"
      component="span"
      title={why}
    >
      Unknown
      <Box
        component="span"
        sx={{ position: 'absolute', clip: 'rect(0 0 0 0)' }}
      >
        : {why}
      </Box>
    </Typography>
  );
}

/** Never says that something is left, or that all of it is, when it is not. */
function budgetWords(ratio: number): string {
  if (ratio < 0) return 'Spent';
  if (ratio > 0 && ratio < 0.01) return '< 1 %';
  return `${Math.floor(ratio * 100)} %`;
}

/** Whole dollars from ten on, cents below. */
function formatUsd(amount: number): string {
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: Math.abs(amount) >= 10 ? 0 : 2,
    minimumFractionDigits: Math.abs(amount) >= 10 || amount === 0 ? 0 : 2,
  }).format(amount);
}
