import type { TimeSeriesPoint } from '@forkyard/frontend-kit';
import type { TrafficPoint, TrafficSeries } from '@forkyard/plugin-slo-common';

export interface TrafficLines {
  requestsPerMinute: TimeSeriesPoint[];
  /** Per cent; unknown where there were no requests. */
  errorRate: TimeSeriesPoint[];
  /** Milliseconds. */
  p50: TimeSeriesPoint[];
  p95: TimeSeriesPoint[];
  requests: number;
  errors: number;
}

/**
 * Turns counts into what is drawn.
 *
 * A step that is not over, or that began before the range, is divided by the
 * part of it that was counted, so that a line does not sink at its ends.
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
  // Less than half a minute says nothing of a minute.
  return minutes >= 0.5 ? point.requests / minutes : undefined;
}
