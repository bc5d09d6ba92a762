import { InputError } from '@backstage/errors';
import {
  chartStepMinutes,
  type CountsRequest,
  type CountsResponse,
  type DeploymentTraffic,
  type TrafficPoint,
  type TrafficRequest,
  type TrafficSeries,
} from '@forkyard/plugin-slo-common';
import type { EntityStore } from '../database/EntityStore';
import type {
  RollupGrain,
  RollupPoint,
  RollupStore,
} from '../database/RollupStore';
import { LatencySketch } from '../ingest/LatencySketch';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Minute roll-ups reach so far back; a margin keeps the oldest from going. */
const MINUTES_REACH_MS = 2 * DAY_MS - 5 * MINUTE_MS;
const LONGEST_MS = 35 * DAY_MS;
/** More lines than that no chart shows apart. */
const MAX_DEPLOYMENTS = 5;
const PRODUCTION = 'production';

/** Tells what the deployments of an entity served. */
export class TrafficService {
  constructor(
    private readonly options: {
      entities: Pick<EntityStore, 'listProjectIds'>;
      rollups: Pick<RollupStore, 'listSeries'>;
    },
  ) {}

  async getTraffic(
    request: TrafficRequest,
    now: Date = new Date(),
  ): Promise<TrafficSeries> {
    const { entityRef, environment = PRODUCTION } = request;
    const to = request.to ? new Date(request.to) : now;
    const from = request.from
      ? new Date(request.from)
      : new Date(to.getTime() - 60 * MINUTE_MS);
    checkTimes(from, to);
    const grain = grainFor(from, now);
    const stepMinutes = chartStepMinutes({
      from,
      to,
      finestMinutes: grain === 'hour' ? 60 : 1,
    });
    const stepMs = stepMinutes * MINUTE_MS;
    const begin = Math.floor(from.getTime() / stepMs) * stepMs;
    const points = await this.#list(
      { entityRef, environment, grain },
      begin,
      to,
    );
    const steps = (rows: RollupPoint[]) =>
      toSteps(rows, { begin, end: to.getTime(), stepMs });
    return {
      entityRef,
      environment,
      from: new Date(begin).toISOString(),
      to: to.toISOString(),
      stepMinutes,
      points: steps(points),
      deployments: [...groupByDeployment(points)]
        .map(([id, rows]): DeploymentTraffic => ({
          deploymentId: toDeploymentId(id),
          requests: sum(rows, ({ requests }) => requests),
          errors: sum(rows, ({ errors }) => errors),
          points: steps(rows),
        }))
        .sort((one, other) => other.requests - one.requests)
        .slice(0, MAX_DEPLOYMENTS),
    };
  }

  async getCounts(
    request: CountsRequest,
    now: Date = new Date(),
  ): Promise<CountsResponse> {
    const { entityRef, environment = PRODUCTION } = request;
    const begin = floorTo(new Date(request.from), MINUTE_MS);
    const to = new Date(
      Math.ceil(Date.parse(request.to) / MINUTE_MS) * MINUTE_MS,
    );
    checkTimes(new Date(begin), to);
    const grain = grainFor(new Date(begin), now);
    const points = await this.#list(
      {
        entityRef,
        environment,
        grain,
        deploymentIds: request.deploymentIds?.map(toExternalId),
      },
      grain === 'hour' ? floorTo(new Date(begin), 60 * MINUTE_MS) : begin,
      to,
    );
    return {
      items: [...groupByDeployment(points)].map(([id, rows]) => {
        const durations = mergeDurations(rows);
        return {
          deploymentId: toDeploymentId(id),
          requests: sum(rows, ({ requests }) => requests),
          errors: sum(rows, ({ errors }) => errors),
          durations: durations.count,
          ...countSlow(durations, request.slowerThanMilliseconds),
          ...quantiles(durations),
        };
      }),
    };
  }

  async #list(
    query: {
      entityRef: string;
      environment: string;
      grain: RollupGrain;
      deploymentIds?: string[];
    },
    begin: number,
    to: Date,
  ): Promise<RollupPoint[]> {
    const { entityRef, ...rest } = query;
    const projectIds = await this.options.entities.listProjectIds(entityRef);
    if (projectIds.length === 0) return [];
    return this.options.rollups.listSeries({
      ...rest,
      projectIds,
      from: new Date(begin),
      to,
    });
  }
}

function checkTimes(from: Date, to: Date): void {
  if (from >= to) throw new InputError("'from' must be before 'to'");
  if (to.getTime() - from.getTime() > LONGEST_MS) {
    throw new InputError(
      "From 'from' to 'to' is more than 35 days, which is how long requests are remembered",
    );
  }
}

function grainFor(from: Date, now: Date): RollupGrain {
  return now.getTime() - from.getTime() <= MINUTES_REACH_MS ? 'minute' : 'hour';
}

function floorTo(time: Date, stepMs: number): number {
  return Math.floor(time.getTime() / stepMs) * stepMs;
}

function groupByDeployment(points: RollupPoint[]): Map<string, RollupPoint[]> {
  const groups = new Map<string, RollupPoint[]>();
  for (const point of points) {
    const group = groups.get(point.deploymentId);
    if (group) group.push(point);
    else groups.set(point.deploymentId, [point]);
  }
  return groups;
}

function toSteps(
  points: RollupPoint[],
  { begin, end, stepMs }: { begin: number; end: number; stepMs: number },
): TrafficPoint[] {
  const groups = Array.from(
    { length: Math.ceil((end - begin) / stepMs) },
    (): RollupPoint[] => [],
  );
  for (const point of points) {
    groups[Math.floor((point.at.getTime() - begin) / stepMs)]?.push(point);
  }
  return groups.map((group, index) => ({
    at: new Date(begin + index * stepMs).toISOString(),
    requests: sum(group, ({ requests }) => requests),
    errors: sum(group, ({ errors }) => errors),
    ...quantiles(mergeDurations(group)),
  }));
}

function mergeDurations(points: RollupPoint[]): LatencySketch {
  const merged = LatencySketch.empty();
  for (const { durations } of points) merged.merge(durations);
  return merged;
}

function quantiles(durations: LatencySketch) {
  if (durations.count === 0) return {};
  const quantile = (share: number) => {
    const value = durations.getQuantile(share);
    return value === undefined ? undefined : Number(value.toPrecision(4));
  };
  return {
    p50Milliseconds: quantile(0.5),
    p95Milliseconds: quantile(0.95),
    p99Milliseconds: quantile(0.99),
  };
}

/** Where no duration was measured it is unknown how many were slow, not zero. */
function countSlow(durations: LatencySketch, thresholdMs?: number) {
  return thresholdMs === undefined || durations.count === 0
    ? {}
    : { slow: durations.countAbove(thresholdMs) };
}

function sum(
  points: RollupPoint[],
  pick: (point: RollupPoint) => number,
): number {
  return points.reduce((total, point) => total + pick(point), 0);
}

/** The deployments plugin puts the provider before the id. */
function toDeploymentId(externalId: string): string {
  return `vercel:${externalId}`;
}

function toExternalId(deploymentId: string): string {
  return deploymentId.replace(/^vercel:/, '');
}
