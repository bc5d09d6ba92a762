import { useMemo, type PointerEvent, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { ChartsDataProvider } from '@mui/x-charts/ChartsDataProvider';
import { ChartsGrid } from '@mui/x-charts/ChartsGrid';
import { ChartsReferenceLine } from '@mui/x-charts/ChartsReferenceLine';
import { ChartsSurface } from '@mui/x-charts/ChartsSurface';
import { ChartsXAxis } from '@mui/x-charts/ChartsXAxis';
import { ChartsYAxis } from '@mui/x-charts/ChartsYAxis';
import { LinePlot, MarkPlot } from '@mui/x-charts/LineChart';
import { useDrawingArea, useXScale, useYScale } from '@mui/x-charts/hooks';
import { nearestIndex } from './alignLines';
import { targetDash } from './chartColors';
import { formatTick, formatTimeTick, timeTicks } from './chartFormat';
import {
  useCrossHairTime,
  type CrossHair,
  type TimeAxisEnds,
} from './ChartGroup';
import type { ChartMark, ChartSeriesKey, ChartTarget } from './chartTypes';
import { niceScale } from './niceScale';
import { plotSx } from './plotSx';
import { MarkButtons, MarkLines } from './PlotMarks';

/** Every time chart has the same margins, so that the axes of a page stand under each other. */
const axisWidth = 44;
const axisHeight = 22;

interface TimeSeriesPlotProps {
  series: ChartSeriesKey[];
  times: Date[];
  values: Array<Array<number | undefined>>;
  axis: TimeAxisEnds;
  target?: ChartTarget;
  marks: ChartMark[];
  height: number;
  crossHair: CrossHair;
}

/** Draws the lines; the only module of the chart, with its parts, that loads the library. */
export function TimeSeriesPlot(props: TimeSeriesPlotProps) {
  const { series, times, values, axis, target, marks, height } = props;
  const { palette } = useTheme();
  const scale = useMemo(
    () =>
      niceScale([
        ...values.flat().filter(value => value !== undefined),
        ...(target ? [target.value] : []),
      ]),
    [values, target],
  );
  return (
    <ChartsDataProvider
      height={height}
      margin={{ left: 0, right: 8, top: marks.length > 0 ? 30 : 14, bottom: 0 }}
      skipAnimation
      series={series.map(({ color }, line) => ({
        type: 'line' as const,
        id: `line${line}`,
        color,
        curve: 'linear' as const,
        // A known value between two gaps has no line to be seen by.
        showMark: ({ index }: { index: number }) =>
          isIsolated(values[line], index),
        // The library marks a gap by null.
        data: values[line].map(value => value ?? null),
      }))}
      xAxis={[
        {
          scaleType: 'time',
          data: times,
          min: axis.from,
          max: axis.to,
          height: axisHeight,
          valueFormatter: formatTimeTick,
        },
      ]}
      yAxis={[
        {
          min: scale.min,
          max: scale.max,
          tickInterval: scale.ticks,
          width: axisWidth,
          valueFormatter: formatTick,
        },
      ]}
    >
      <PointerArea {...props}>
        <ChartsSurface
          aria-hidden
          sx={plotSx(
            series.map(({ dash }, line) => ({ id: `line${line}`, dash })),
          )}
        >
          <ChartsGrid horizontal />
          <MarkLines marks={marks} />
          {target && (
            <ChartsReferenceLine
              y={target.value}
              lineStyle={{
                stroke: palette.error.main,
                strokeDasharray: targetDash,
              }}
            />
          )}
          <LinePlot skipAnimation />
          <MarkPlot skipAnimation />
          <TimeAxis axis={axis} />
          <ChartsYAxis
            disableLine
            disableTicks
            tickLabelStyle={{ fontSize: 11 }}
          />
          <CrossHairLine {...props} />
        </ChartsSurface>
        <MarkButtons marks={marks} crossHair={props.crossHair} />
      </PointerArea>
    </ChartsDataProvider>
  );
}

function isIsolated(line: Array<number | undefined>, index: number): boolean {
  return line[index - 1] === undefined && line[index + 1] === undefined;
}

/** Follows the pointer with the page's cross-hair. */
function PointerArea(props: {
  axis: TimeAxisEnds;
  crossHair: CrossHair;
  children: ReactNode;
}) {
  const { crossHair } = props;
  const area = useDrawingArea();
  const from = props.axis.from.getTime();
  const to = props.axis.to.getTime();
  function follow(event: PointerEvent<HTMLDivElement>) {
    const { left } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - left - area.left) / area.width;
    crossHair.set(
      share >= 0 && share <= 1 ? from + share * (to - from) : undefined,
    );
  }
  return (
    <Box
      onPointerMove={follow}
      onPointerDown={follow}
      onPointerLeave={() => crossHair.set(undefined)}
      sx={{ position: 'relative', height: '100%', touchAction: 'pan-y' }}
    >
      {props.children}
    </Box>
  );
}

function TimeAxis({ axis }: { axis: TimeAxisEnds }) {
  const { width } = useDrawingArea();
  const ticks = timeTicks(axis.from, axis.to, Math.floor(width / 60));
  return (
    <ChartsXAxis
      tickInterval={ticks}
      tickSize={4}
      tickLabelStyle={{ fontSize: 11 }}
    />
  );
}

/** Shows the moment under the pointer, in whichever chart the pointer is. */
function CrossHairLine(props: TimeSeriesPlotProps) {
  const { times, values, series } = props;
  const at = useCrossHairTime(props.crossHair, props.axis);
  const area = useDrawingArea();
  const xScale = useXScale<'time'>();
  const yScale = useYScale<'linear'>();
  const { palette } = useTheme();
  if (at === undefined || times.length === 0) return undefined;
  const index = nearestIndex(times, at);
  const x = xScale(times[index]);
  return (
    <g pointerEvents="none">
      <line
        x1={x}
        x2={x}
        y1={area.top}
        y2={area.top + area.height}
        stroke={palette.text.secondary}
      />
      {series.map(({ id, color }, line) => {
        const value = values[line][index];
        return value === undefined ? undefined : (
          <circle
            key={id}
            cx={x}
            cy={yScale(value)}
            r={4}
            fill={color}
            stroke={palette.background.paper}
            strokeWidth={2}
          />
        );
      })}
    </g>
  );
}
