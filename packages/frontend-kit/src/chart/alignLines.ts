/** One value of a line. @public */
export interface TimeSeriesPoint {
  /** ISO 8601 UTC; the start, when the value stands for a span of time. */
  at: string;
  /** In the chart's unit; absent when unknown, which draws a gap, never zero. */
  value?: number;
}

export interface AlignedLines {
  /** Every moment for which some line has a point, and one in each hole. */
  times: Date[];
  /** By line, then by moment. */
  values: Array<Array<number | undefined>>;
}

/**
 * Puts lines on one time axis.
 *
 * Where points lie farther apart than their interval, nobody knows what was
 * between: a moment without values is put there, so that no line crosses it.
 */
export function alignLines(
  lines: Array<{ points: TimeSeriesPoint[] }>,
  options: { intervalMs?: number } = {},
): AlignedLines {
  const byLine = lines.map(
    ({ points }) =>
      new Map(
        points.map(({ at, value }) => [
          Date.parse(at),
          Number.isFinite(value) ? value : undefined,
        ]),
      ),
  );
  const moments = [...new Set(byLine.flatMap(points => [...points.keys()]))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const times = options.intervalMs
    ? withHoles(moments, options.intervalMs)
    : moments;
  return {
    times: times.map(time => new Date(time)),
    values: byLine.map(points => times.map(time => points.get(time))),
  };
}

function withHoles(moments: number[], intervalMs: number): number[] {
  return moments.flatMap((time, index) => {
    const next = moments[index + 1];
    return next !== undefined && next - time > 1.5 * intervalMs
      ? [time, time + intervalMs]
      : [time];
  });
}

/** Finds the moment nearest to a time; the times are in order. */
export function nearestIndex(times: Date[], at: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const between = (times[middle].getTime() + times[middle + 1].getTime()) / 2;
    if (at <= between) high = middle;
    else low = middle + 1;
  }
  return low;
}
