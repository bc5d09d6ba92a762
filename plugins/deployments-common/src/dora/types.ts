import type { DeploymentCommit } from '../types';

/**
 * DORA's five metrics of software delivery, as DORA defines them today
 * (https://dora.dev/guides/dora-metrics/). Throughput: `deployment-frequency`,
 * `change-lead-time`, `failed-deployment-recovery-time`. Instability:
 * `change-fail-rate`, `rework-rate`.
 *
 * Here a deployment is a version that got traffic of production: what was only
 * built, or pointed to by a label, does not count.
 *
 * @public
 */
export type DoraMetricName =
  | 'deployment-frequency'
  | 'change-lead-time'
  | 'change-fail-rate'
  | 'failed-deployment-recovery-time'
  | 'rework-rate';

/** In the order in which DORA and the page have them. @public */
export const doraMetricNames = [
  'deployment-frequency',
  'change-lead-time',
  'change-fail-rate',
  'failed-deployment-recovery-time',
  'rework-rate',
] as const satisfies readonly DoraMetricName[];

/** How many days a report covers. @public */
export const doraPeriods = [7, 30, 90] as const;

/** @public */
export type DoraDays = (typeof doraPeriods)[number];

/**
 * Whose deliveries are meant: those of one entity, of what a group or user
 * owns, or of what is part of a system. Exactly one is given.
 *
 * @public
 */
export interface DoraScope {
  entityRef?: string;
  ownerRef?: string;
  systemRef?: string;
}

/**
 * One metric of one period.
 *
 * @public
 */
export interface DoraFigure {
  /** Absent when unknown, which is not zero. */
  value?: number;
  /** How many deployments the value is of. */
  cases: number;
  /** Of those, how many failed, or repaired a failure; only of ratios. */
  count?: number;
  /** Deployments that belong here and of which it is not known. */
  unknown: number;
}

/** @public */
export interface DoraMetric extends DoraFigure {
  metric: DoraMetricName;
  /** Of `value`. Times are medians. */
  unit: 'per-week' | 'seconds' | 'ratio';
  /** The same in the period of equal length before. */
  previous: DoraFigure;
}

/**
 * A day, or a week when the period is long.
 *
 * @public
 */
export interface DoraBucket {
  /** First day, `YYYY-MM-DD` in UTC. */
  day: string;
  /** Absent before anything was known. */
  deployments?: number;
  /** Of those, the ones that failed. */
  failed?: number;
  /** Median of those deployments whose lead time is known. */
  leadTimeSeconds?: number;
}

/**
 * How well an entity, a team or a system delivers.
 *
 * @public
 */
export interface DoraReport {
  scope: DoraScope;
  days: DoraDays;
  /** The period: from the beginning of a day in UTC until now. */
  from: string;
  to: string;
  /** Entities with a history that the reader may see. */
  entities: number;
  /** The first traffic that is known of; absent when nothing is. */
  knownSince?: string;
  /** When the providers were asked last, of all entities the longest ago. */
  asOf?: string;
  metrics: DoraMetric[];
  /** Length of a bucket. */
  bucketDays: 1 | 7;
  buckets: DoraBucket[];
}

/**
 * A deployment to production, and what became of it.
 *
 * @public
 */
export interface DeliveryChange {
  id: string;
  entityRef: string;
  deploymentId: string;
  commit?: DeploymentCommit;
  /** When it got production's traffic. */
  at: string;
  /** `part` when it was taken back as a canary, before it got all. */
  traffic: 'all' | 'part';
  /** When the commit was made, if that is known. */
  committedAt?: string;
  /**
   * `repeated` when the commit was in production before, or never got all of
   * its traffic, so that there is no lead time to measure.
   */
  leadTime: 'known' | 'unknown' | 'repeated';
  leadTimeSeconds?: number;
  /** Set when its traffic was taken from it again because it was bad. */
  failure?: DeliveryFailure;
  /** Id of the failed change after which it is the first deployment. */
  repairs?: string;
}

/** @public */
export interface DeliveryFailure {
  /** `rolled-back` after it had all traffic, `aborted` before. */
  kind: 'rolled-back' | 'aborted';
  /** When the traffic was back. */
  recoveredAt: string;
  /** From when the bad version got traffic until it had none. */
  recoverySeconds: number;
  /** What served then. */
  recoveredBy?: string;
}

/** @public */
export interface GetDoraReportRequest extends DoraScope {
  /** Default 30. */
  days?: DoraDays;
}

/** @public */
export interface ListDeliveryChangesRequest extends GetDoraReportRequest {
  /** Only the deployments that this metric is of. Default all. */
  metric?: DoraMetricName;
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}
