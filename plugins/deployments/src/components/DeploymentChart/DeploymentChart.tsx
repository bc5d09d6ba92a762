import { useId } from 'react';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useTheme } from '@mui/material/styles';
import { BarChart } from '@mui/x-charts/BarChart';
import type { DailyCount } from '../../presentation/dailyCounts';

const dayFormat: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'short',
};

/** Shows how often was deployed, and how often that failed, day by day. */
export function DeploymentChart(props: { counts: DailyCount[] }) {
  const { counts } = props;
  const titleId = useId();
  const { palette } = useTheme();
  const days = counts.map(({ day }) =>
    day.toLocaleDateString(undefined, dayFormat),
  );
  return (
    <Box component="figure" aria-labelledby={titleId} sx={{ m: 0 }}>
      <Typography id={titleId} component="figcaption" variant="subtitle2">
        Deployments a day, last {counts.length} days
      </Typography>
      <div aria-hidden>
        <BarChart
          height={140}
          margin={{ left: 0, right: 0, top: 8, bottom: 0 }}
          xAxis={[{ data: days, scaleType: 'band', height: 24 }]}
          yAxis={[{ tickMinStep: 1, width: 32 }]}
          series={[
            {
              label: 'Ready',
              stack: 'all',
              color: palette.success.main,
              data: counts.map(({ ready }) => ready),
            },
            {
              label: 'Failed',
              stack: 'all',
              color: palette.error.main,
              data: counts.map(({ failed }) => failed),
            },
            {
              label: 'Other',
              stack: 'all',
              color: palette.text.disabled,
              data: counts.map(({ other }) => other),
            },
          ]}
          skipAnimation
          slotProps={{
            legend: { position: { vertical: 'top', horizontal: 'end' } },
          }}
        />
      </div>
      <CountsTable counts={counts} days={days} />
    </Box>
  );
}

function CountsTable(props: { counts: DailyCount[]; days: string[] }) {
  return (
    <Box
      component="details"
      sx={{
        typography: 'body2',
        color: 'text.secondary',
        '& th, & td': { pr: 3, textAlign: 'left', fontWeight: 400 },
        '& table': { fontVariantNumeric: 'tabular-nums' },
      }}
    >
      <summary>As a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Ready</th>
            <th scope="col">Failed</th>
            <th scope="col">Other</th>
          </tr>
        </thead>
        <tbody>
          {props.counts.map((count, index) => (
            <tr key={count.day.toISOString()}>
              <th scope="row">{props.days[index]}</th>
              <td>{count.ready}</td>
              <td>{count.failed}</td>
              <td>{count.other}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}
