import { lazy, useMemo } from 'react';
import { useTheme, type Palette } from '@mui/material/styles';
import {
  alignLines,
  nearestIndex,
  type AlignedLines,
  type TimeSeriesPoint,
} from './alignLines';
import { lineDashes, lineTones, toneColor } from './chartColors';
import { ChartFrame, ChartReaderInput } from './ChartFrame';
import { formatMoment, formatValue } from './chartFormat';
import {
  useCrossHair,
  useCrossHairTime,
  type CrossHair,
  type TimeAxisEnds,
} from './ChartGroup';
import { ChartLegend } from './ChartLegend';
import type {
  ChartMark,
  ChartSeriesKey,
  ChartTarget,
  ChartTone,
} from './chartTypes';

/** Comes when a chart is drawn, so that importing the kit does not bring the chart library. */
const TimeSeriesPlot = lazy(async () => ({
  default: (await import('./TimeSeriesPlot')).TimeSeriesPlot,
}));

/** @public */
export interface TimeSeriesLine {
  id: string;
  label: string;
  points: TimeSeriesPoint[];
  /** Default: accent for the first line, then by position. */
  tone?: ChartTone;
}

/** @public */
export interface TimeSeriesChartProps {
  /** What is drawn, for example "Error rate". */
  title: string;
  /** Unit of every value: "%", "ms", "requests a minute". */
  unit: string;
  /** At most five are drawn. */
  lines: TimeSeriesLine[];
  /** Ends of the time axis, ISO 8601 UTC; the same for all charts of a page. */
  from: string;
  to: string;
  /** Length of a bucket in milliseconds; a longer distance between points is a gap. */
  intervalMs?: number;
  /** Drawn as a line across. */
  target?: ChartTarget;
  marks?: ChartMark[];
  /** Replaces the number and unit in the legend and the table. */
  formatValue?: (value: number) => string;
  /** Pixels of the drawing, default 160. */
  height?: number;
  /** Said when no value is known. */
  emptyText?: string;
}

const mostLines = 5;

/**
 * Draws lines over time, with what happened marked on them. Unknown is a gap.
 *
 * @public
 */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { title, unit, from, to, intervalMs, height = 160 } = props;
  const { palette } = useTheme();
  const crossHair = useCrossHair();
  const lines = props.lines.slice(0, mostLines);
  const aligned = useMemo(
    () => withinRange(alignLines(props.lines, { intervalMs }), from, to),
    [props.lines, intervalMs, from, to],
  );
  const marks = useMemo(
    () => (props.marks ?? []).filter(({ at }) => isWithin(at, from, to)),
    [props.marks, from, to],
  );
  const series = lines.map((line, index) => toSeriesKey(line, index, palette));
  const format =
    props.formatValue ?? ((value: number) => formatValue(value, unit));
  const known = aligned.values.some(values =>
    values.some(value => value !== undefined),
  );
  const axis = { from: new Date(from), to: new Date(to) };
  const reading = { title, series, aligned, format, crossHair, axis };
  return (
    <ChartFrame
      title={title}
      unit={unit}
      height={height}
      emptyText={
        props.emptyText ?? 'Nothing is known of this time. Unknown is not zero.'
      }
      legend={<LegendAtCrossHair {...reading} target={props.target} />}
      reader={<ReaderAtCrossHair {...reading} />}
      table={() => ({
        rowHeading: 'Time',
        columns: props.lines.map(({ label }) => label),
        rows: aligned.times.map((time, index) => ({
          heading: formatMoment(time),
          cells: aligned.values.map(values =>
            formatKnown(values[index], format),
          ),
        })),
        notes: tableNotes(props, marks),
      })}
    >
      {known && (
        <TimeSeriesPlot
          series={series}
          times={aligned.times}
          values={aligned.values.slice(0, mostLines)}
          axis={axis}
          target={props.target}
          marks={marks}
          height={height}
          crossHair={crossHair}
        />
      )}
    </ChartFrame>
  );
}

interface Reading {
  title: string;
  series: ChartSeriesKey[];
  aligned: AlignedLines;
  format: (value: number) => string;
  crossHair: CrossHair;
  axis: TimeAxisEnds;
}

/** What the chart says at the cross-hair, or where it ends when there is none. */
function useReading(reading: Reading) {
  const { aligned, series, format } = reading;
  const at = useCrossHairTime(reading.crossHair, reading.axis);
  const index =
    at === undefined ? latestKnown(aligned) : nearestIndex(aligned.times, at);
  const values = series.map((_, line) =>
    formatKnown(aligned.values[line]?.[index], format),
  );
  const time = aligned.times[index];
  return { index, values, moment: time && formatMoment(time), at };
}

function LegendAtCrossHair(props: Reading & { target?: ChartTarget }) {
  const { values, moment, at } = useReading(props);
  return (
    <ChartLegend
      series={props.series}
      values={values}
      target={props.target}
      moment={at === undefined && moment ? `as of ${moment}` : moment}
    />
  );
}

function ReaderAtCrossHair(props: Reading) {
  const { aligned, crossHair, series } = props;
  const { index, values, moment } = useReading(props);
  const said = series.map(
    ({ label }, line) => `${label} ${values[line] ?? 'unknown'}`,
  );
  return (
    <ChartReaderInput
      title={props.title}
      reader={{
        count: aligned.times.length,
        index,
        text: `${moment}: ${said.join(', ')}`,
        onMove: next => crossHair.set(aligned.times[next]?.getTime()),
        onLeave: () => crossHair.set(undefined),
      }}
    />
  );
}

function latestKnown({ times, values }: AlignedLines): number {
  for (let index = times.length - 1; index > 0; index -= 1) {
    if (values.some(line => line[index] !== undefined)) return index;
  }
  return 0;
}

function toSeriesKey(
  line: TimeSeriesLine,
  index: number,
  palette: Palette,
): ChartSeriesKey {
  return {
    id: line.id,
    label: line.label,
    color: toneColor(palette, line.tone ?? lineTones[index]),
    dash: lineDashes[index],
  };
}

function formatKnown(
  value: number | undefined,
  format: (value: number) => string,
): string | undefined {
  return value === undefined ? undefined : format(value);
}

function isWithin(at: string, from: string, to: string): boolean {
  const time = Date.parse(at);
  return time >= Date.parse(from) && time <= Date.parse(to);
}

function withinRange(
  aligned: AlignedLines,
  from: string,
  to: string,
): AlignedLines {
  const kept = aligned.times.flatMap((time, index) =>
    isWithin(time.toISOString(), from, to) ? [index] : [],
  );
  return {
    times: kept.map(index => aligned.times[index]),
    values: aligned.values.map(line => kept.map(index => line[index])),
  };
}

function tableNotes(props: TimeSeriesChartProps, marks: ChartMark[]): string[] {
  const hidden = props.lines.length - mostLines;
  return [
    ...(props.target ? [props.target.label] : []),
    ...(hidden > 0
      ? [`The last ${hidden} are not drawn: a chart holds ${mostLines} lines.`]
      : []),
    ...marks.map(mark => `${formatMoment(new Date(mark.at))}: ${mark.label}`),
  ];
}
