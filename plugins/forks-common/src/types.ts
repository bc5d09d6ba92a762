import type { StepId } from './steps';

/**
 * The status language of the portal. Every list, card and header of every
 * plugin reduces what it knows to one of these words.
 *
 * @public
 */
export type Status =
  'healthy' | 'degraded' | 'failing' | 'in-progress' | 'waiting' | 'unknown';

/**
 * Where a fork stands in its own life, apart from the health of what it runs.
 *
 * @public
 */
export type ForkLifecycle =
  'provisioning' | 'active' | 'failed' | 'unwinding' | 'deleted';

/**
 * One fork as the registry knows it. Ownership and links are a copy of the
 * request until the catalog has read the fork's own `catalog-info.yaml`.
 *
 * @public
 */
export interface Fork {
  /** Unique, also the repository's and the project's name. */
  name: string;
  title: string;
  description: string;
  /** Full entity ref, `component:default/<name>`. */
  entityRef: string;
  /** Full entity ref of the owning group or user. */
  owner: string;
  /** Full entity ref of the system, when there is one. */
  system?: string;
  lifecycle: ForkLifecycle;
  /** Health of production, or of the provisioning while there is none. */
  status: Status;
  /** A sentence that says why the status is what it is. */
  statusReason: string;
  /** When the status took this value, ISO 8601 UTC. */
  statusSince: string;
  base: ForkBase;
  repositoryUrl?: string;
  productionUrl?: string;
  /** The provider's project id, once the project exists. */
  projectId?: string;
  sloTier: SloTier;
  monthlyBudgetUsd: number;
  /** What the other plugins last told of it; a part is absent while unknown. */
  vitals: ForkVitals;
  /** What production serves right now, as the deployments plugin last said. */
  live?: ForkLiveVersion;
  /**
   * Deployments to production as DORA counts them, of 14 days, as the
   * deployments plugin last said. Days without any are left out.
   */
  deploysByDay: ForkDailyDeploys[];
  /** The provisioning that made, or is making, this fork. */
  provisioningId: string;
  createdAt: string;
  createdBy: string;
}

/**
 * Health of a fork by part, as slo, cost, security-findings and incidents told
 * it last. Ratios are shares of 1, money is a decimal string in US dollars.
 *
 * @public
 */
export interface ForkVitals {
  slo?: {
    /** Of the worst SLO; 1 is untouched, 0 spent, negative overspent. */
    budgetRemainingRatio?: number;
    status: 'ok' | 'burning' | 'exhausted' | 'unknown';
    asOf?: string;
  };
  cost?: {
    /** Absent while no charge of it is known. */
    monthToDate?: string;
    /** Of the whole month. */
    forecast?: string;
    budget?: string;
    asOf?: string;
  };
  findings?: {
    openCritical: number;
    openHigh: number;
    openTotal: number;
    overdue: number;
    asOf?: string;
  };
  alerts?: {
    firing: number;
    highestSeverity?: 'page' | 'ticket';
    since?: string;
  };
}

/** @public */
export type ForkVitalsPart = keyof ForkVitals;

/** @public */
export interface ForkBase {
  /** `owner/repo` of the base application. */
  repository: string;
  /** Commit of the base the fork started from, 40 hex digits. */
  sha: string;
}

/** @public */
export interface ForkDailyDeploys {
  /** Day in UTC, for example `2026-11-21`. */
  date: string;
  count: number;
}

/** @public */
export interface ForkLiveVersion {
  deploymentId: string;
  sha?: string;
  message?: string;
  author?: string;
  since: string;
}

/** @public */
export type SloTier = 'standard' | 'critical';

/** @public */
export type EnvironmentTarget = 'production' | 'preview' | 'development';

/** @public */
export interface EnvironmentVariable {
  key: string;
  value: string;
  targets: EnvironmentTarget[];
}

/**
 * A secret as it travels through forms, tasks and databases: never its value,
 * only the reference that `POST /sealed-secrets` gave for it.
 *
 * @public
 */
export interface SealedSecretRef {
  key: string;
  /** Opaque reference to the sealed value, valid for an hour. */
  ref: string;
  targets: EnvironmentTarget[];
}

/** @public */
export type PlanVerdict = 'pass' | 'warn' | 'fail';

/**
 * One read-only check of the plan.
 *
 * @public
 */
export interface PlanCheck {
  /** Stable id, for example `repository-name`. */
  id: string;
  verdict: PlanVerdict;
  /** What was found, for example "Repository acme/shop is free". */
  message: string;
  /** What to do about it; present unless the verdict is `pass`. */
  action?: string;
}

/**
 * Everything that creating the fork would do, checked before anything exists.
 *
 * @public
 */
export interface ForkPlan {
  /** `fail` when any check failed, else `warn` when any warned. */
  verdict: PlanVerdict;
  checks: PlanCheck[];
  /** What would be created, in order. */
  resources: PlannedResource[];
  /** What such a fork is likely to cost a month, US dollars; absent when no rate card is configured. */
  estimatedMonthlyCostUsd?: { low: number; high: number };
  checkedAt: string;
}

/** @public */
export interface PlannedResource {
  step: StepId;
  /** For example `repository`, `project`, `store`, `domain`. */
  kind: string;
  /** The deterministic name, for example `acme/image-studio`. */
  name: string;
}

/**
 * A page of a list that is paged by cursor.
 *
 * @public
 */
export interface Page<T> {
  items: T[];
  /** Pass as `cursor` to get what follows; absent on the last page. */
  nextCursor?: string;
  /** Number of rows that match the filter. */
  totalItems?: number;
}

/** @public */
export type ForkSortField =
  | 'status'
  | 'name'
  | 'live'
  | 'created'
  | 'budget'
  | 'cost'
  | 'criticals'
  | 'alerts';

/** How a fork stands with its error budget. @public */
export type BudgetState = 'ok' | 'burning' | 'exhausted' | 'unknown';

/** How a fork stands with its money. @public */
export type CostState = 'over' | 'forecast-over' | 'within' | 'unknown';

/** How a fork stands with its findings. @public */
export type FindingsState = 'critical' | 'overdue' | 'ok' | 'unknown';

/**
 * Filter, order and position in the fork list.
 *
 * @public
 */
export interface ListForksRequest {
  search?: string;
  /** Full entity refs; a fork matches when its owner is one of them. */
  owners?: string[];
  systems?: string[];
  statuses?: Status[];
  budgets?: BudgetState[];
  costs?: CostState[];
  findings?: FindingsState[];
  /** Only forks on which an alert fires. */
  firing?: boolean;
  /** Default `status`: failing first. */
  sort?: ForkSortField;
  order?: 'asc' | 'desc';
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}

/**
 * Count of forks by status, and the owners and systems one can filter by.
 *
 * @public
 */
export interface ForksSummary {
  total: number;
  byStatus: Record<Status, number>;
  owners: string[];
  systems: string[];
}
