/**
 * Color of a line, from the theme: `accent` for what the chart is about,
 * `muted` for what it is compared with, the others for what they mean.
 *
 * @public
 */
export type ChartTone =
  'accent' | 'muted' | 'info' | 'success' | 'warning' | 'error';

/** Something that happened at a moment, drawn on every chart of a page. @public */
export interface ChartMark {
  /** ISO 8601 UTC. */
  at: string;
  kind: 'deployment' | 'alert' | 'incident';
  /** What happened, for example "3f2c1a9 went live in production". */
  label: string;
}

/** A day that stands out, and why. @public */
export interface ChartDayMark {
  /** `YYYY-MM-DD`. */
  day: string;
  /** For example "usually about $0.90". */
  label: string;
}

/** A value that the drawn ones are compared with. @public */
export interface ChartTarget {
  /** In the chart's unit. */
  value: number;
  /** For example "Budget $1.67 a day". */
  label: string;
}

/** What a row of the legend, and a column of the table, needs to know. */
export interface ChartSeriesKey {
  id: string;
  label: string;
  color: string;
  /** SVG dash array, so that lines differ by more than their color. */
  dash?: string;
  fill?: string;
}
