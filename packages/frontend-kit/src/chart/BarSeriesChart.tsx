import { lazy, useState } from 'react';
import { useTheme } from '@mui/material/styles';
import { barColors } from './chartColors';
import { ChartFrame, ChartReaderInput } from './ChartFrame';
import { formatDay, formatValue } from './chartFormat';
import { ChartLegend } from './ChartLegend';
import type { ChartDayMark, ChartSeriesKey, ChartTarget } from './chartTypes';

/** Comes when a chart is drawn, so that importing the kit does not bring the chart library. */
const BarSeriesPlot = lazy(async () => ({
  default: (await import('./BarSeriesPlot')).BarSeriesPlot,
}));

/** @public */
export interface BarSeries {
  id: string;
  label: string;
  /** By day, in the chart's unit: 0 when there was none, undefined when nobody knows. */
  values: Array<number | undefined>;
}

/** @public */
export interface BarSeriesChartProps {
  /** What is drawn, for example "Cost a day". */
  title: string;
  /** Unit of every value: "USD", "deployments". */
  unit: string;
  /** Calendar days `YYYY-MM-DD`, oldest first. */
  days: string[];
  /** Stacked from the axis up, in this order; at most five. */
  series: BarSeries[];
  /** Drawn as a line across, for example the budget of a day. */
  target?: ChartTarget;
  /** Days that stand out: a triangle above each, and its label where it is read. */
  marks?: ChartDayMark[];
  /** Replaces the number and unit in the legend and the table. */
  formatValue?: (value: number) => string;
  /** Pixels of the drawing, default 180. */
  height?: number;
  /** Said when no value is known. */
  emptyText?: string;
}

const mostSeries = 5;

/**
 * Draws stacked bars by day. A day of which nothing is known has no bar and is
 * called unknown.
 *
 * @public
 */
export function BarSeriesChart(props: BarSeriesChartProps) {
  const { title, unit, days, target, marks = [], height = 180 } = props;
  const { palette } = useTheme();
  const [pointed, setPointed] = useState<number>();
  const drawn = props.series.slice(0, mostSeries);
  const keys: ChartSeriesKey[] = drawn.map(({ id, label }, index) => ({
    id,
    label,
    ...barColors(palette, index),
  }));
  const format =
    props.formatValue ?? ((value: number) => formatValue(value, unit));
  const known = props.series.some(({ values }) =>
    values.some(value => value !== undefined),
  );
  const index = Math.min(pointed ?? latestKnown(props), days.length - 1);
  const day = formatDay(days[index] ?? '');
  const mark = marks.find(marked => marked.day === days[index])?.label;
  const values = drawn.map(series => formatKnown(series.values[index], format));
  const total = formatKnown(totalOf(props.series, index), format) ?? 'unknown';
  const hidden = props.series.length - mostSeries;
  return (
    <ChartFrame
      title={title}
      unit={unit}
      height={height}
      emptyText={
        props.emptyText ?? 'Nothing is known of this time. Unknown is not zero.'
      }
      legend={
        <ChartLegend
          series={keys}
          values={values}
          target={target}
          moment={[drawn.length > 1 ? `${day}, together ${total}` : day, mark]
            .filter(Boolean)
            .join(', ')}
        />
      }
      reader={
        <ChartReaderInput
          title={title}
          reader={{
            count: days.length,
            index,
            text: `${day}: ${keys.map(({ label }, at) => `${label} ${values[at] ?? 'unknown'}`).join(', ')}; together ${total}${mark ? `, ${mark}` : ''}`,
            onMove: setPointed,
            onLeave: () => setPointed(undefined),
          }}
        />
      }
      table={() => ({
        rowHeading: 'Day',
        columns: [...props.series.map(({ label }) => label), 'Together'],
        rows: days.map((isoDay, at) => ({
          heading: isoDay,
          cells: [
            ...props.series.map(series =>
              formatKnown(series.values[at], format),
            ),
            formatKnown(totalOf(props.series, at), format),
          ],
        })),
        notes: [
          ...(target ? [target.label] : []),
          ...marks.map(({ day: marked, label }) => `${marked}: ${label}`),
          ...(hidden > 0
            ? [`The last ${hidden} are not drawn: a chart holds ${mostSeries}.`]
            : []),
        ],
      })}
    >
      {known && (
        <BarSeriesPlot
          keys={keys}
          series={drawn}
          days={days}
          target={target}
          marks={marks}
          height={height}
          pointed={pointed}
          onPoint={setPointed}
        />
      )}
    </ChartFrame>
  );
}

function latestKnown({ days, series }: BarSeriesChartProps): number {
  for (let index = days.length - 1; index > 0; index -= 1) {
    if (series.some(({ values }) => values[index] !== undefined)) return index;
  }
  return 0;
}

/** Adds up a day; unknown when a part of it is. */
function totalOf(series: BarSeries[], index: number): number | undefined {
  const known = series
    .map(({ values }) => values[index])
    .filter(value => value !== undefined);
  if (known.length < series.length || known.length === 0) return undefined;
  const sum = known.reduce((total, value) => total + value, 0);
  // Drops the dust that binary fractions leave: 0.1 + 0.2.
  return Number(sum.toPrecision(12));
}

function formatKnown(
  value: number | undefined,
  format: (value: number) => string,
): string | undefined {
  return value === undefined ? undefined : format(value);
}
