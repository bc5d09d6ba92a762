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
  requestsPerSecond: TimeSeriesPoint[];
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

/** Shorter than a usual tick, a rate is that of chance. */
const shortestStepMs = 4_500;

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

/**
 * Adds neighbors up until a step is long enough for a rate. The controller also
 * looks in the middle of a tick, when the split changes and at the end: requests
 * of a tick over the part of a second would be a peak that never was. What is
 * left at the end joins the step before.
 */
function toSteps(points: RolloutPoint[], start: string | undefined): Step[] {
  const begun = start ?? points[0].at;
  const spanMs = Date.parse(points[points.length - 1].at) - Date.parse(begun);
  const shortestMs = Math.max(shortestStepMs, spanMs / mostSteps);
  const groups: { from: string; points: RolloutPoint[] }[] = [];
  let group: RolloutPoint[] = [];
  let from = begun;
  for (const point of points) {
    group.push(point);
    if (Date.parse(point.at) - Date.parse(from) < shortestMs) continue;
    groups.push({ from, points: group });
    group = [];
    from = point.at;
  }
  const last = groups.at(-1);
  if (last) last.points.push(...group);
  else groups.push({ from: begun, points: group });
  return groups.map(toStep);
}

function toStep(group: { from: string; points: RolloutPoint[] }): Step {
  const { at } = group.points[group.points.length - 1];
  return {
    at,
    seconds: (Date.parse(at) - Date.parse(group.from)) / 1_000,
    canary: together(group.points.map(({ canary }) => canary)),
    stable: together(group.points.map(({ stable }) => stable)),
  };
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
    requestsPerSecond: steps.map(
      ({ at, seconds, [version]: { requests } }) => ({
        at,
        value:
          seconds * 1_000 >= shortestStepMs ? requests / seconds : undefined,
      }),
    ),
  };
}

function sum(values: number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
