/**
 * What an SLO measures: requests that do not fail, requests that are quick, or
 * whatever a Prometheus query counts.
 *
 * @public
 */
export type SloIndicator = 'availability' | 'latency' | 'prometheus';

/**
 * `ok`; `burning` when an alert fires; `exhausted` when the error budget is
 * spent; `unknown` when nothing was measured.
 *
 * @public
 */
export type SloStatus = 'ok' | 'burning' | 'exhausted' | 'unknown';

/** Whether an alert wakes somebody or waits for the morning. @public */
export type AlertSeverity = 'page' | 'ticket';

/**
 * One SLO of an entity and how it stands.
 *
 * @public
 */
export interface Slo {
  /** `<entityRef>#<name>`. */
  id: string;
  entityRef: string;
  /** `metadata.name` in the OpenSLO file. */
  name: string;
  title: string;
  description?: string;
  signal: SloIndicator;
  /** For `latency`: how long a good request may take. */
  thresholdMilliseconds?: number;
  /** Share of requests that must be good, above 0 and below 1. */
  objective: number;
  /** Length of the rolling window. */
  windowDays: number;
  /** Good requests in the window. */
  good: number;
  /** All requests in the window; 0 while nothing was measured. */
  total: number;
  /** `good / total`; absent while nothing was measured. */
  ratio?: number;
  /**
   * What is left of the error budget: 1 when none is used, 0 when it is spent,
   * negative when overspent, absent while nothing was measured.
   */
  budgetRemainingRatio?: number;
  /** When the budget will be spent at the present rate, if within the window. */
  exhaustsAt?: string;
  burn: BurnState[];
  status: SloStatus;
  /** Why it has this status, as a sentence. */
  statusReason: string;
  /** Path in the repository, for example `runbooks/high-error-rate.md`. */
  runbook?: string;
  /** When this was computed; absent before the first time. */
  asOf?: string;
}

/**
 * One pair of windows over which the burn rate is watched.
 *
 * @public
 */
export interface BurnState {
  severity: AlertSeverity;
  longWindowMinutes: number;
  shortWindowMinutes: number;
  /** The burn rate that both windows must exceed. */
  factor: number;
  /** 1 spends exactly the budget over the whole window; absent when unknown. */
  longBurnRate?: number;
  shortBurnRate?: number;
  firing: boolean;
  /** Why it does not begin to fire although both rates exceed the factor. */
  heldBack?: 'low-traffic';
}

/** @public */
export interface EntitySlos {
  entityRef: string;
  items: Slo[];
  /** What is wrong in the OpenSLO file; the last good version stays in force. */
  fileProblems: SloFileProblem[];
  /** When the states were computed; absent before the first time. */
  asOf?: string;
  /** Why the file or a source could not be read when last asked, if so. */
  staleReason?: string;
}

/** @public */
export interface SloFileProblem {
  /** Path of the file in the repository. */
  path: string;
  /** Counted from 1. */
  line?: number;
  message: string;
}

/**
 * How the error budget of the present window was spent.
 *
 * The last point's `budgetRemainingRatio` is the SLO's own.
 *
 * @public
 */
export interface BudgetSeries {
  id: string;
  from: string;
  to: string;
  /** Distance between points. */
  stepMinutes: number;
  points: BudgetPoint[];
}

/** @public */
export interface BudgetPoint {
  /** End of the step. */
  at: string;
  /** What was left at the end of the step; absent while nothing was measured. */
  budgetRemainingRatio?: number;
  /** Good requests of this step. */
  good: number;
  /** All requests of this step. */
  total: number;
}

/** @public */
export interface TrafficRequest {
  entityRef: string;
  /** Default `production`. */
  environment?: string;
  /** ISO 8601; default one hour before `to`. */
  from?: string;
  /** ISO 8601; default now. */
  to?: string;
}

/**
 * Requests that were served, over time.
 *
 * @public
 */
export interface TrafficSeries {
  entityRef: string;
  environment: string;
  from: string;
  to: string;
  /** Distance between points; chosen so that there are at most 300. */
  stepMinutes: number;
  /** All deployments together, one point for each step. */
  points: TrafficPoint[];
  /** The five deployments with the most requests, most first. */
  deployments: DeploymentTraffic[];
}

/** @public */
export interface DeploymentTraffic {
  /** As the deployments plugin names it, `vercel:<id>`. */
  deploymentId: string;
  requests: number;
  errors: number;
  points: TrafficPoint[];
}

/** @public */
export interface TrafficPoint {
  /** Beginning of the step. */
  at: string;
  requests: number;
  /** Requests that were answered with a 5xx status. */
  errors: number;
  /** Absent when no duration was measured, which is not zero. */
  p50Milliseconds?: number;
  p95Milliseconds?: number;
  p99Milliseconds?: number;
}

/**
 * What a deployment served in a time, to judge it by.
 *
 * @public
 */
export interface DeploymentCounts {
  /** As the deployments plugin names it, `vercel:<id>`. */
  deploymentId: string;
  requests: number;
  /** Requests that were answered with a 5xx status. */
  errors: number;
  /** Requests whose duration was measured. */
  durations: number;
  /**
   * Of those, the ones above the threshold that was asked for. Durations are
   * held in bins, so one within 1.02 % of the threshold may be put on either
   * side of it, always on the same one. Absent when no duration was measured
   * or no threshold was asked for.
   */
  slow?: number;
  p50Milliseconds?: number;
  p95Milliseconds?: number;
  p99Milliseconds?: number;
}

/** @public */
export interface CountsRequest {
  entityRef: string;
  /** Default all that the entity served. */
  deploymentIds?: string[];
  /** Default `production`. */
  environment?: string;
  /** ISO 8601, rounded down to the minute. */
  from: string;
  /** ISO 8601, rounded up to the minute. */
  to: string;
  /** Asks how many requests took longer than this. */
  slowerThanMilliseconds?: number;
}

/** @public */
export interface CountsResponse {
  items: DeploymentCounts[];
}

/**
 * An error budget that burns too fast, or an alert of Prometheus.
 *
 * At most one alert of an SLO and a severity fires at a time.
 *
 * @public
 */
export interface SloAlert {
  id: string;
  entityRef: string;
  /** Name of the SLO, or of Prometheus's alert rule. */
  slo: string;
  /** Id of the SLO; absent when the alert comes from Prometheus. */
  sloId?: string;
  severity: AlertSeverity;
  state: 'firing' | 'resolved';
  startsAt: string;
  endsAt?: string;
  /** What is wrong, as a sentence. */
  summary: string;
  /** Path in the repository, for example `runbooks/high-error-rate.md`. */
  runbook?: string;
  source: 'slo' | 'prometheus';
  /** What was measured when it began to fire; only from an SLO. */
  evidence?: AlertEvidence;
}

/** @public */
export interface AlertEvidence {
  longWindowMinutes: number;
  shortWindowMinutes: number;
  factor: number;
  longBurnRate: number;
  shortBurnRate: number;
  /** Requests of the long window that were not good. */
  bad: number;
  /** All requests of the long window. */
  total: number;
}

/** @public */
export interface ListAlertsRequest {
  /** Only other backends may leave it out. */
  entityRef?: string;
  state?: SloAlert['state'];
  /** Only these, at most 100. */
  ids?: string[];
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}

/**
 * How the SLOs of an entity stand together, for the portfolio.
 *
 * @public
 */
export interface SloSummary {
  entityRef: string;
  /** Of the SLO with the least left; absent when unknown. */
  budgetRemainingRatio?: number;
  status: SloStatus;
  asOf?: string;
}
