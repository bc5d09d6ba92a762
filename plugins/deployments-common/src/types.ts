import type {
  RolloutGateName,
  RolloutState,
  RolloutStrategy,
} from './rollouts/types';

/**
 * State of a deployment, independent of the provider.
 *
 * `queued` → `building` → `ready` | `failed` | `canceled`; `deleted` when the
 * provider no longer has it.
 *
 * @public
 */
export type DeploymentState =
  'queued' | 'building' | 'ready' | 'failed' | 'canceled' | 'deleted';

/**
 * One deployment as the projection holds it. The provider is the truth; a
 * scheduled reconcile rebuilds this.
 *
 * @public
 */
export interface Deployment {
  /** Ours, `<provider>:<externalId>`. */
  id: string;
  provider: string;
  /** The provider's id. */
  externalId: string;
  projectId: string;
  entityRef: string;
  /** `production`, `preview`, or the name of a custom environment. */
  environment: string;
  state: DeploymentState;
  /** Whether the environment's traffic goes to it now. */
  live: boolean;
  /** When it went live last, ISO 8601 UTC; absent when it never did. */
  liveSince?: string;
  /** URL of this very deployment. */
  url?: string;
  /** URLs of the environment, when this deployment is live. */
  aliases: string[];
  commit?: DeploymentCommit;
  /** Who or what began it. */
  creator?: string;
  createdAt: string;
  buildingAt?: string;
  readyAt?: string;
  /** Why it failed, in the provider's words, redacted. */
  errorMessage?: string;
  /** Page of the deployment at the provider. */
  inspectorUrl?: string;
  /** When the projection last heard of it from the provider. */
  observedAt: string;
  /** How its last rollout with traffic ended, else its last one; absent while one runs, and without any. */
  lastRollout?: LastRollout;
}

/**
 * What came of the last rollout of a deployment that had traffic, else of its last.
 *
 * @public
 */
export interface LastRollout {
  id: string;
  outcome: Extract<RolloutState, 'promoted' | 'rolled-back' | 'aborted'>;
  /** Why it ended so, as a sentence. */
  reason: string;
  endedAt: string;
  /** Whether the version had any traffic; without, nothing was taken back. */
  hadTraffic: boolean;
  /** Requests of users that met the version, as far as they were counted. */
  met?: { requests: number; errors: number };
}

/** @public */
export interface DeploymentCommit {
  /** 40 hex digits. */
  sha: string;
  /** First line of the message. */
  message?: string;
  author?: string;
  ref?: string;
  url?: string;
}

/**
 * What one environment of an entity serves now.
 *
 * @public
 */
export interface EnvironmentStatus {
  environment: string;
  live?: Deployment;
  /** The newest deployment, when it is not the live one. */
  latest?: Deployment;
  /** URL the environment's users open. */
  url?: string;
  /** Set while a rollback holds the traffic, so that new versions get none. */
  pinned?: { since?: string; description?: string };
  /** The rollout that has not ended, if there is one. */
  rollout?: RolloutSummary;
}

/** @public */
export interface RolloutSummary {
  id: string;
  deploymentId: string;
  strategy: RolloutStrategy;
  state: RolloutState;
  percent: number;
  /** The first gate that is waiting, if any. */
  waitingFor?: RolloutGateName;
}

/** @public */
export interface EntityDeploymentStatus {
  entityRef: string;
  environments: EnvironmentStatus[];
  /** When the provider was last asked with success; absent when never. */
  asOf?: string;
  /** Why the last attempt to ask the provider failed, when it did. */
  staleReason?: string;
  /**
   * Deployments to production of the newest 14 days, as DORA's deployment
   * frequency counts them: a version that got traffic, also as a canary that was
   * taken back, and no rollback. Days without one are left out.
   */
  deploysByDay?: DailyDeploys[];
}

/** @public */
export interface DailyDeploys {
  /** Day in UTC, for example `2026-11-21`. */
  date: string;
  count: number;
}

/** One line of a build log. @public */
export interface BuildLogLine {
  /** Increases within a deployment. */
  sequence: number;
  at: string;
  stream: 'stdout' | 'stderr' | 'system';
  text: string;
}

/** @public */
export interface ListDeploymentsRequest {
  entityRef: string;
  environment?: string;
  states?: DeploymentState[];
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}

/** @public */
export interface DeploymentsPage {
  items: Deployment[];
  nextCursor?: string;
}

/**
 * A project at a provider and the entity whose it is, as verified: a file in a
 * repository cannot claim a project that is not linked to that repository.
 *
 * @public
 */
export interface TrackedProject {
  entityRef: string;
  provider: string;
  /** The provider's own id, never a name. */
  projectId: string;
}

/** @public */
export interface RollbackTargetRequest {
  entityRef: string;
  environment: string;
}
