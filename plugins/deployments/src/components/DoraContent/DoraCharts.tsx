import Box from '@mui/material/Box';
import { BarSeriesChart, TimeSeriesChart } from '@forkyard/frontend-kit';
import type { DoraReport } from '@forkyard/plugin-deployments-common';
import { fittingUnit, formatSeconds } from '../../presentation/doraWords';

/** Draws how often was deployed, how much of it failed, and how long it took. */
export function DoraCharts({ report }: { report: DoraReport }) {
  const { buckets, bucketDays } = report;
  const unit = fittingUnit(
    buckets.flatMap(({ leadTimeSeconds }) => leadTimeSeconds ?? []),
  );
  const span = bucketDays === 7 ? 'week' : 'day';
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 3,
        gridTemplateColumns: {
          xs: 'minmax(0, 1fr)',
          md: 'repeat(2, minmax(0, 1fr))',
        },
      }}
    >
      <BarSeriesChart
        title={`Deployments a ${span}`}
        unit="deployments"
        days={buckets.map(({ day }) => day)}
        series={[
          {
            id: 'kept',
            label: 'Kept',
            values: buckets.map(({ deployments, failed }) =>
              deployments === undefined
                ? undefined
                : deployments - (failed ?? 0),
            ),
          },
          {
            id: 'failed',
            label: 'Failed',
            values: buckets.map(({ failed }) => failed),
          },
        ]}
        formatValue={value => value.toLocaleString()}
        height={180}
      />
      <TimeSeriesChart
        title={`Change lead time, median of a ${span}`}
        unit={unit.name}
        lines={[
          {
            id: 'lead-time',
            label: 'Lead time',
            points: buckets.flatMap(({ day, leadTimeSeconds }) =>
              leadTimeSeconds === undefined
                ? []
                : [
                    {
                      at: `${day}T00:00:00Z`,
                      value: leadTimeSeconds / unit.seconds,
                    },
                  ],
            ),
          },
        ]}
        from={report.from}
        to={report.to}
        formatValue={value => formatSeconds(value * unit.seconds)}
        emptyText="No lead time is known of this period. Unknown is not zero."
        height={180}
      />
    </Box>
  );
}
