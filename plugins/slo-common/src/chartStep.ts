/** Steps in which people read a time axis, in minutes. */
const STEPS_MINUTES = [
  1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080,
];

/** More points than that no chart shows apart. @public */
export const MAX_CHART_POINTS = 300;

/**
 * Chooses the distance between points so that there are at most
 * {@link MAX_CHART_POINTS}, never finer than `finestMinutes`.
 *
 * @public
 */
export function chartStepMinutes(options: {
  from: Date;
  to: Date;
  finestMinutes?: number;
}): number {
  const { from, to, finestMinutes = 1 } = options;
  const minutes = (to.getTime() - from.getTime()) / 60_000;
  const step = STEPS_MINUTES.find(
    candidate =>
      candidate >= finestMinutes &&
      // One more, because the first step may begin before `from`.
      Math.ceil(minutes / candidate) + 1 <= MAX_CHART_POINTS,
  );
  return step ?? Math.ceil(minutes / (MAX_CHART_POINTS - 1));
}
