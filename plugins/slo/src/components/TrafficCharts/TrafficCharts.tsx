import { useMemo } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import {
  describeError,
  ErrorState,
  LoadingState,
  RelativeTime,
  TimeSeriesChart,
  type ChartMark,
  type ChartTarget,
} from '@forkyard/frontend-kit';
import type { Slo, TrafficSeries } from '@forkyard/plugin-slo-common';
import { useTimeRange } from '../../hooks/useTimeRange';
import { useTraffic } from '../../hooks/useTraffic';
import {
  timeRangeFacts,
  timeRanges,
  type TimeRange,
} from '../../presentation/timeRanges';
import { trafficLines, trafficTotals } from '../../presentation/trafficLines';

/** Shows requests, errors and latency of production over a chosen time. */
export function TrafficCharts(props: {
  entityRef: string;
  slos: Slo[];
  marks: ChartMark[];
  /** Why deployments are not marked, when they are not. */
  marksError?: Error;
}) {
  const { entityRef, slos, marks, marksError } = props;
  const [range, setRange] = useTimeRange();
  const {
    value: traffic,
    error,
    loading,
    refresh,
  } = useTraffic(entityRef, range);
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Production traffic"
      sx={{ p: 2 }}
    >
      <Stack spacing={2}>
        <Box
          sx={{
            display: 'flex',
            flexWrap: 'wrap',
            gap: 1,
            alignItems: 'center',
            justifyContent: 'space-between',
          }}
        >
          <Typography variant="subtitle1" component="h3" fontWeight={600}>
            Production traffic
          </Typography>
          <RangeButtons range={range} onChange={setRange} />
        </Box>
        {error && traffic && (
          <Alert severity="warning">
            These charts are not fresh: {describeError(error).message}
          </Alert>
        )}
        {!traffic && error && (
          <ErrorState
            compact
            title="The traffic could not be loaded"
            error={error}
            onRetry={refresh}
          />
        )}
        {!traffic && !error && (
          <LoadingState label="Loading the traffic" rows={3} rowHeight={160} />
        )}
        {traffic && (
          <Box
            aria-busy={loading}
            sx={{ display: 'grid', gap: 2, opacity: loading ? 0.5 : 1 }}
          >
            <div>
              <Typography
                variant="body2"
                sx={{ fontVariantNumeric: 'tabular-nums' }}
                role="status"
              >
                {loading
                  ? `Loading ${timeRangeFacts[range].name}…`
                  : totalsSentence(traffic, range)}
              </Typography>
              <Typography variant="caption" color="text.secondary">
                As of <RelativeTime at={traffic.to} />
              </Typography>
            </div>
            <Charts traffic={traffic} slos={slos} marks={marks} />
          </Box>
        )}
        {marksError && (
          <Typography variant="caption" color="text.secondary">
            Deployments are not marked: {describeError(marksError).message}
          </Typography>
        )}
      </Stack>
    </Paper>
  );
}

function RangeButtons(props: {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      aria-label="Time range"
      value={props.range}
      onChange={(_, next) => next && props.onChange(next)}
    >
      {timeRanges.map(range => (
        <ToggleButton
          key={range}
          value={range}
          aria-label={`${timeRangeFacts[range].label}, ${timeRangeFacts[range].name}`}
          sx={{ textTransform: 'none', px: 1.5, py: 0.25 }}
        >
          {timeRangeFacts[range].label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

function Charts(props: {
  traffic: TrafficSeries;
  slos: Slo[];
  marks: ChartMark[];
}) {
  const { traffic, slos } = props;
  const lines = useMemo(() => {
    const { p50, p95, requestsPerMinute, errorRate } = trafficLines(traffic);
    return {
      requestsPerMinute: [
        { id: 'requests', label: 'Requests', points: requestsPerMinute },
      ],
      errorRate: [
        {
          id: 'errors',
          label: 'Failed',
          tone: 'error' as const,
          points: errorRate,
        },
      ],
      latency: [
        { id: 'p50', label: 'Half within (p50)', points: p50 },
        { id: 'p95', label: '95 % within (p95)', points: p95 },
      ],
    };
  }, [traffic]);
  const axis = {
    from: traffic.from,
    to: traffic.to,
    intervalMs: traffic.stepMinutes * 60_000,
    marks: props.marks,
  };
  return (
    <>
      <TimeSeriesChart
        {...axis}
        title="Error rate"
        unit="%"
        lines={lines.errorRate}
        target={allowedErrors(slos)}
        emptyText="No request was counted in this time: the error rate is unknown."
      />
      <TimeSeriesChart
        {...axis}
        title="Requests"
        unit="a minute"
        lines={lines.requestsPerMinute}
      />
      <TimeSeriesChart
        {...axis}
        title="Latency"
        unit="ms"
        lines={lines.latency}
        target={allowedLatency(slos)}
        emptyText="No duration was measured in this time: latency is unknown. Durations come from traces."
      />
    </>
  );
}

function totalsSentence(traffic: TrafficSeries, range: TimeRange): string {
  const { requests, errors } = trafficTotals(traffic);
  const { name } = timeRangeFacts[range];
  if (requests === 0) return `No request was counted in ${name}.`;
  const share = ((errors / requests) * 100).toLocaleString(undefined, {
    maximumSignificantDigits: 3,
  });
  const noun = requests === 1 ? 'request' : 'requests';
  return `${requests.toLocaleString()} ${noun} in ${name}, ${errors.toLocaleString()} failed (${share} %).`;
}

/** The error rate at which the strictest SLO just keeps its budget. */
function allowedErrors(slos: Slo[]): ChartTarget | undefined {
  const objectives = slos
    .filter(({ signal }) => signal === 'availability')
    .map(({ objective }) => objective);
  if (objectives.length === 0) return undefined;
  const value = (1 - Math.max(...objectives)) * 100;
  const text = value.toLocaleString(undefined, { maximumSignificantDigits: 3 });
  return { value, label: `Allowed ${text} %` };
}

function allowedLatency(slos: Slo[]): ChartTarget | undefined {
  const thresholds = slos.flatMap(({ signal, thresholdMilliseconds }) =>
    signal === 'latency' && thresholdMilliseconds !== undefined
      ? [thresholdMilliseconds]
      : [],
  );
  if (thresholds.length === 0) return undefined;
  const value = Math.min(...thresholds);
  return { value, label: `Quick is within ${value.toLocaleString()} ms` };
}
