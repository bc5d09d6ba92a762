import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  BarSeriesChart,
  DeniedState,
  ErrorState,
  LoadingState,
  useMay,
} from '@forkyard/frontend-kit';
import {
  anomalySentence,
  chargeReadPermission,
  formatUsd,
} from '@forkyard/plugin-cost-common';
import { useEntityMonth, type EntityMonth } from '../../hooks/useEntityMonth';
import { monthName } from '../../presentation/costWords';
import { dailySeries } from '../../presentation/dailySeries';
import { CostSummary, Freshness, NoCharges } from '../CostSummary';
import { ServiceTable } from './ServiceTable';
import { UnitCostLine } from './UnitCostLine';

/** The tab of an entity: this month's cost, its days, services and unit cost. */
export function CostContent() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  return useMay(chargeReadPermission, entityRef) ? (
    <ContentBody entityRef={entityRef} />
  ) : (
    <DeniedState title="You may not see what this costs" />
  );
}

function ContentBody(props: { entityRef: string }) {
  const { value: month, error, refresh } = useEntityMonth(props.entityRef);
  if (!month) {
    return error ? (
      <ErrorState
        title="The cost could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading the cost" />
    );
  }
  const { cost } = month;
  return (
    <Stack spacing={3} sx={{ maxWidth: 1200 }}>
      <Box component="section" aria-label="Cost this month">
        <Typography variant="h5" component="h2" gutterBottom>
          {monthName(cost.month)}
        </Typography>
        {cost.monthToDate === undefined ? (
          <NoCharges />
        ) : (
          <CostSummary cost={cost} />
        )}
        <Freshness {...cost} error={error} />
      </Box>
      {cost.otherCurrencies.length > 0 && (
        <Alert severity="info">
          Charged in other currencies, and in no sum here:{' '}
          {cost.otherCurrencies
            .map(({ currency, amount }) => `${amount} ${currency}`)
            .join(', ')}
          .
        </Alert>
      )}
      {cost.monthToDate !== undefined && <MonthDetails month={month} />}
    </Stack>
  );
}

function MonthDetails(props: { month: EntityMonth }) {
  const { cost, days, dailyCosts } = props.month;
  const budgetOfDay = cost.budget
    ? Number(cost.budget) / days.length
    : undefined;
  return (
    <>
      <BarSeriesChart
        title="Cost a day"
        unit="USD"
        days={days}
        series={dailySeries({
          days,
          costs: dailyCosts,
          // Providers charge hours late, so later days are unknown, not free.
          lastDay: dailyCosts.reduce(
            (last, { day }) => (day > last ? day : last),
            '',
          ),
        })}
        target={
          budgetOfDay === undefined
            ? undefined
            : {
                value: budgetOfDay,
                label: `Budget ${formatUsd(budgetOfDay.toFixed(4))} a day`,
              }
        }
        marks={cost.anomalies.map(({ day, usual }) => ({
          day,
          label: `usually about ${formatUsd(usual)}`,
        }))}
        formatValue={value => formatUsd(String(value))}
        emptyText="Nothing was charged this month yet."
      />
      {cost.anomalies.length > 0 && (
        <Box component="section" aria-label="Unusual days">
          <Typography variant="h6" component="h3" gutterBottom>
            Unusual days
          </Typography>
          {cost.anomalies.map(anomaly => (
            <Typography key={anomaly.day} variant="body2">
              {anomalySentence(anomaly)}
            </Typography>
          ))}
        </Box>
      )}
      <Box component="section" aria-label="By service">
        <Typography variant="h6" component="h3" gutterBottom>
          By service
        </Typography>
        <ServiceTable byService={cost.byService} />
      </Box>
      <Box component="section" aria-label="Per 1,000 requests">
        <Typography variant="h6" component="h3" gutterBottom>
          Per 1,000 requests
        </Typography>
        <UnitCostLine unitCost={cost.unitCost} />
      </Box>
    </>
  );
}
