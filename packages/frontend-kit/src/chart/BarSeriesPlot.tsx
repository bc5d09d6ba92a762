import type { PointerEvent, ReactNode } from 'react';
import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { BarPlot } from '@mui/x-charts/BarChart';
import { ChartsDataProvider } from '@mui/x-charts/ChartsDataProvider';
import { ChartsGrid } from '@mui/x-charts/ChartsGrid';
import { ChartsReferenceLine } from '@mui/x-charts/ChartsReferenceLine';
import { ChartsSurface } from '@mui/x-charts/ChartsSurface';
import { ChartsXAxis } from '@mui/x-charts/ChartsXAxis';
import { ChartsYAxis } from '@mui/x-charts/ChartsYAxis';
import { useDrawingArea } from '@mui/x-charts/hooks';
import type { BarSeries } from './BarSeriesChart';
import { targetDash } from './chartColors';
import { formatDay, formatTick } from './chartFormat';
import type { ChartDayMark, ChartSeriesKey, ChartTarget } from './chartTypes';
import { niceScale } from './niceScale';
import { plotSx } from './plotSx';

/** Draws the bars; the only module of the chart that loads the library. */
export function BarSeriesPlot(props: {
  keys: ChartSeriesKey[];
  series: BarSeries[];
  days: string[];
  target?: ChartTarget;
  marks: ChartDayMark[];
  height: number;
  pointed?: number;
  onPoint: (index: number | undefined) => void;
}) {
  const { keys, series, days, target, height } = props;
  const { palette } = useTheme();
  const scale = niceScale([
    ...days.flatMap((_, index) => stackEnds(series, index)),
    ...(target ? [target.value] : []),
  ]);
  return (
    <ChartsDataProvider
      height={height}
      margin={{ left: 0, right: 16, top: 14, bottom: 0 }}
      skipAnimation
      series={series.map(({ values }, index) => ({
        type: 'bar' as const,
        id: `bar${index}`,
        stack: 'all',
        stackOffset: 'diverging' as const,
        color: keys[index].fill,
        // The library marks an unknown value by null.
        data: values.map(value => value ?? null),
      }))}
      xAxis={[
        {
          scaleType: 'band',
          data: days,
          height: 22,
          // Few days do not make broad bars.
          categoryGapRatio: Math.max(0.3, 1 - days.length * 0.08),
          valueFormatter: formatDay,
        },
      ]}
      yAxis={[
        {
          min: scale.min,
          max: scale.max,
          tickInterval: scale.ticks,
          width: 44,
          valueFormatter: formatTick,
        },
      ]}
    >
      <DayArea {...props}>
        <ChartsSurface
          aria-hidden
          sx={plotSx(
            keys.map((key, index) => ({
              id: `bar${index}`,
              border: key.color,
            })),
          )}
        >
          <ChartsGrid horizontal />
          <PointedDay days={days.length} pointed={props.pointed} />
          <BarPlot skipAnimation />
          {target && (
            <ChartsReferenceLine
              y={target.value}
              lineStyle={{
                stroke: palette.error.main,
                strokeDasharray: targetDash,
              }}
            />
          )}
          <MarkedDays days={days} marks={props.marks} />
          <DayAxis days={days.length} />
          <ChartsYAxis
            disableLine
            disableTicks
            tickLabelStyle={{ fontSize: 11 }}
          />
        </ChartsSurface>
      </DayArea>
    </ChartsDataProvider>
  );
}

/** How far a day's stack reaches, up and, for credits, down. */
function stackEnds(series: BarSeries[], index: number): number[] {
  const values = series.map(({ values: days }) => days[index] ?? 0);
  return [
    values.reduce((sum, value) => sum + Math.max(value, 0), 0),
    values.reduce((sum, value) => sum + Math.min(value, 0), 0),
  ];
}

function DayArea(props: {
  days: string[];
  onPoint: (index: number | undefined) => void;
  children: ReactNode;
}) {
  const { days, onPoint } = props;
  const area = useDrawingArea();
  function point(event: PointerEvent<HTMLDivElement>) {
    const { left } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - left - area.left) / area.width;
    onPoint(
      share >= 0 && share < 1 ? Math.floor(share * days.length) : undefined,
    );
  }
  return (
    <Box
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => onPoint(undefined)}
      sx={{ position: 'relative', height: '100%', touchAction: 'pan-y' }}
    >
      {props.children}
    </Box>
  );
}

function PointedDay(props: { days: number; pointed?: number }) {
  const { left, top, width, height } = useDrawingArea();
  const { palette } = useTheme();
  if (props.pointed === undefined) return undefined;
  const band = width / props.days;
  return (
    <rect
      x={left + props.pointed * band}
      y={top}
      width={band}
      height={height}
      fill={palette.action.hover}
    />
  );
}

function MarkedDays(props: { days: string[]; marks: ChartDayMark[] }) {
  const { left, top, width } = useDrawingArea();
  const { palette } = useTheme();
  const band = width / props.days.length;
  return props.marks.map(({ day }) => {
    const index = props.days.indexOf(day);
    if (index < 0) return undefined;
    const center = left + (index + 0.5) * band;
    return (
      <path
        key={day}
        data-marked-day={day}
        d={`M${center - 5} ${top - 11}h10l-5 8z`}
        fill={palette.warning.main}
      />
    );
  });
}

function DayAxis(props: { days: number }) {
  const { width } = useDrawingArea();
  const every = Math.max(Math.ceil((props.days * 56) / Math.max(width, 1)), 1);
  return (
    <ChartsXAxis
      disableTicks
      tickLabelInterval={(_, index) => index % every === 0}
      tickLabelStyle={{ fontSize: 11 }}
    />
  );
}
