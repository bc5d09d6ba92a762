import { useMemo } from 'react';
import Box from '@mui/material/Box';
import {
  ChartGroup,
  ErrorState,
  LoadingState,
  TimeSeriesChart,
  type SignalOrPollResult,
  type TimeSeriesPoint,
} from '@forkyard/frontend-kit';
import type {
  RolloutDetail,
  RolloutPoint,
} from '@forkyard/plugin-deployments-common';
import {
  rolloutMarks,
  rolloutSeries,
  type RolloutSeries,
} from '../../presentation/rolloutSeries';

const charts = [
  { key: 'errorRate', title: 'Error rate', unit: '%' },
  { key: 'p95Milliseconds', title: 'Latency, 95th percentile', unit: 'ms' },
  { key: 'requestsPerSecond', title: 'Requests', unit: 'a second' },
] as const;

/** Draws the new version against the stable one. */
export function RolloutCharts(props: {
  rollout: RolloutDetail;
  points: SignalOrPollResult<RolloutPoint[]>;
}) {
  const { rollout, points } = props;
  const series = useMemo(
    () => rolloutSeries(rollout, points.value ?? []),
    [rollout, points.value],
  );
  const marks = useMemo(() => rolloutMarks(rollout), [rollout]);
  if (!points.value) {
    return points.error ? (
      <ErrorState
        compact
        title="The traffic of both versions could not be loaded"
        error={points.error}
        lost="The rollout goes on."
        onRetry={points.refresh}
      />
    ) : (
      <LoadingState label="Loading the traffic of both versions" rows={2} />
    );
  }
  // Before there is traffic there is nothing to draw, and the stages say so.
  if (!series) return undefined;
  return (
    <ChartGroup>
      <Box
        sx={{
          display: 'grid',
          gap: 3,
          gridTemplateColumns:
            'repeat(auto-fit, minmax(min(280px, 100%), 1fr))',
        }}
      >
        {charts.map(({ key, title, unit }) => (
          <TimeSeriesChart
            key={key}
            title={title}
            unit={unit}
            lines={linesOf(series, key)}
            from={series.from}
            to={series.to}
            marks={marks}
            height={140}
          />
        ))}
      </Box>
    </ChartGroup>
  );
}

function linesOf(
  series: RolloutSeries,
  key: (typeof charts)[number]['key'],
): {
  id: string;
  label: string;
  points: TimeSeriesPoint[];
  tone: 'accent' | 'muted';
}[] {
  return [
    {
      id: 'canary',
      label: 'Canary',
      points: series.canary[key],
      tone: 'accent',
    },
    {
      id: 'stable',
      label: 'Stable',
      points: series.stable[key],
      tone: 'muted',
    },
  ];
}
