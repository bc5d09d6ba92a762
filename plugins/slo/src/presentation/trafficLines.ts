import type { TimeSeriesPoint } from '@forkyard/frontend-kit';
import type { TrafficPoint, TrafficSeries } from '@forkyard/plugin-slo-common';

export interface TrafficLines {
  requestsPerMinute: TimeSeriesPoint[];
  /** Per cent; unknown where there were no requests. */
  errorRate: TimeSeriesPoint[];
  /** Milliseconds. */
  p50: TimeSeriesPoint[];
  p95: TimeSeriesPoint[];
}

/**
 * Turns counts into what is drawn.
 *
 * The last step may not be over: its requests are divided by the part that is,
 * so that the line does not sink at its end, and left out while that part is
 * too short to tell.
 */
export function trafficLines(traffic: TrafficSeries): TrafficLines {
  const { points } = traffic;
  return {
    requestsPerMinute: points.map(point => ({
      at: point.at,
      value: perMinute(point, traffic),
    })),
    errorRate: points.map(({ at, requests, errors }) => ({
      at,
      value: requests > 0 ? (errors / requests) * 100 : undefined,
    })),
    p50: points.map(({ at, p50Milliseconds: value }) => ({ at, value })),
    p95: points.map(({ at, p95Milliseconds: value }) => ({ at, value })),
  };
}

/** Adds up all that was counted in the range. */
export function trafficTotals({ points }: TrafficSeries): {
  requests: number;
  errors: number;
} {
  return {
    requests: points.reduce((sum, { requests }) => sum + requests, 0),
    errors: points.reduce((sum, { errors }) => sum + errors, 0),
  };
}

function perMinute(
  point: TrafficPoint,
  traffic: TrafficSeries,
): number | undefined {
  const begin = Date.parse(point.at);
  const end = Math.min(
    begin + traffic.stepMinutes * 60_000,
    Date.parse(traffic.to),
  );
  const minutes = (end - begin) / 60_000;
  const telling = Math.max(traffic.stepMinutes / 2, 2);
  return minutes >= Math.min(telling, traffic.stepMinutes)
    ? point.requests / minutes
    : undefined;
}
