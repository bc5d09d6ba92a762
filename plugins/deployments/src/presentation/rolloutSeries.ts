import type { ChartMark, TimeSeriesPoint } from '@forkyard/frontend-kit';
import {
  actorName,
  type RolloutDetail,
  type RolloutPoint,
  type RolloutTraffic,
} from '@forkyard/plugin-deployments-common';
import { stateLabel } from './rolloutWords';

interface VersionSeries {
  /** Percent of the requests. */
  errorRate: TimeSeriesPoint[];
  p95Milliseconds: TimeSeriesPoint[];
  requestsPerMinute: TimeSeriesPoint[];
}

export interface RolloutSeries {
  from: string;
  to: string;
  canary: VersionSeries;
  stable: VersionSeries;
}

interface Step {
  at: string;
  seconds: number;
  canary: RolloutTraffic;
  stable: RolloutTraffic;
}

/** More steps than this tell noise, not trend. */
const mostSteps = 60;

/**
 * Makes lines of a rollout's points, neighbors added up so that the share of
 * errors is of enough requests. Without requests nothing is known of errors and
 * latency: that is a gap. The 95th percentile of neighbors is their mean,
 * weighted by requests, because quantiles do not add up.
 */
export function rolloutSeries(
  rollout: RolloutDetail,
  points: RolloutPoint[],
): RolloutSeries | undefined {
  const last = points.at(-1);
  if (!last) return undefined;
  const steps = toSteps(points, trafficStart(rollout));
  return {
    from: trafficStart(rollout) ?? points[0].at,
    to: last.at,
    canary: versionSeries(steps, 'canary'),
    stable: versionSeries(steps, 'stable'),
  };
}

/**
 * Counts the requests that met the new version, and those of them that failed;
 * nothing when it never got traffic. The points and the verdict may each lack
 * some, so the larger is taken.
 */
export function countMet(
  rollout: RolloutDetail,
  points: RolloutPoint[],
): { requests: number; errors: number } | undefined {
  const { verdict } = rollout;
  if (!verdict && points.length === 0) return undefined;
  const counted = {
    requests: sum(points.map(({ canary }) => canary.requests)),
    errors: sum(points.map(({ canary }) => canary.errors)),
  };
  const judged = verdict?.canary;
  return judged && judged.requests > counted.requests
    ? { requests: judged.requests, errors: judged.errors }
    : counted;
}

/** Marks when the split changed, and how it ended. */
export function rolloutMarks(rollout: RolloutDetail): ChartMark[] {
  let before = 0;
  return rollout.transitions.flatMap(({ at, to, percent, actor }) => {
    const ended = to === 'aborted' || to === 'rolled-back';
    const moved = percent !== before;
    before = percent;
    if (!moved && !ended) return [];
    return [
      {
        at,
        kind: ended ? ('alert' as const) : ('deployment' as const),
        label: ended
          ? `${stateLabel(to)} by ${actorName(actor)}`
          : `${percent} % of the traffic`,
      },
    ];
  });
}

function trafficStart({ transitions }: RolloutDetail): string | undefined {
  return transitions.find(({ percent }) => percent > 0)?.at;
}

function toSteps(points: RolloutPoint[], start: string | undefined): Step[] {
  const size = Math.ceil(points.length / mostSteps);
  const steps: Step[] = [];
  for (let first = 0; first < points.length; first += size) {
    const group = points.slice(first, first + size);
    const { at } = group[group.length - 1];
    const before = points[first - 1]?.at ?? start;
    steps.push({
      at,
      seconds: before ? (Date.parse(at) - Date.parse(before)) / 1_000 : 0,
      canary: together(group.map(({ canary }) => canary)),
      stable: together(group.map(({ stable }) => stable)),
    });
  }
  return steps;
}

function together(traffic: RolloutTraffic[]): RolloutTraffic {
  const timed = traffic.filter(
    ({ p95Milliseconds, requests }) =>
      p95Milliseconds !== undefined && requests > 0,
  );
  const weight = sum(timed.map(({ requests }) => requests));
  return {
    requests: sum(traffic.map(({ requests }) => requests)),
    errors: sum(traffic.map(({ errors }) => errors)),
    p95Milliseconds:
      weight > 0
        ? sum(
            timed.map(
              ({ p95Milliseconds = 0, requests }) => p95Milliseconds * requests,
            ),
          ) / weight
        : undefined,
  };
}

function versionSeries(
  steps: Step[],
  version: 'canary' | 'stable',
): VersionSeries {
  return {
    errorRate: steps.map(({ at, [version]: { requests, errors } }) => ({
      at,
      value: requests > 0 ? (errors / requests) * 100 : undefined,
    })),
    p95Milliseconds: steps.map(({ at, [version]: traffic }) => ({
      at,
      value: traffic.p95Milliseconds,
    })),
    requestsPerMinute: steps.map(
      ({ at, seconds, [version]: { requests } }) => ({
        at,
        value: seconds > 0 ? (requests / seconds) * 60 : undefined,
      }),
    ),
  };
}

function sum(values: number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
