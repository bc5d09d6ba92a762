import type { BuildSettings, LaunchPlan } from '../runtime';

/** The one team of local-cloud. */
export const TEAM = { id: 'team_acme', slug: 'acme', name: 'Acme' };

export const ENVIRONMENTS = ['production', 'preview', 'development'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export interface RepositoryLink {
  repositoryId: number;
  owner: string;
  repo: string;
  productionBranch: string;
  createdAt: number;
}

/** The last time production's traffic was asked to move. */
export interface AliasRequest {
  type: 'promote' | 'rollback';
  jobStatus: 'pending' | 'in-progress' | 'succeeded' | 'failed' | 'skipped';
  fromDeploymentId: string;
  toDeploymentId: string;
  requestedAt: number;
}

/** One step of a rolling release. */
export interface RollingStage {
  /** Share of the traffic for the canary, 0 to 100. */
  targetPercentage: number;
  requireApproval?: boolean;
  /** Minutes until the next stage begins by itself. */
  duration?: number;
  /** Goes from this stage's share to the next one's over its duration. */
  linearShift?: boolean;
}

/** How production's traffic moves to a new deployment; absent, it moves at once. */
export interface RollingReleaseConfig {
  stages: RollingStage[];
  /** Whether answers of the canary say so in a header. */
  canaryResponseHeader?: boolean;
}

/** Production's traffic on its way from one deployment to another, in stages. */
export interface RollingRelease {
  id: string;
  state: 'ACTIVE' | 'COMPLETE' | 'ABORTED';
  baseDeploymentId: string;
  canaryDeploymentId: string;
  activeStageIndex: number;
  startedAt: number;
  stageStartedAt: number;
  updatedAt: number;
  /** As it was at the start; later changes do not count. */
  config: RollingReleaseConfig;
  /** Production's own host names at the start. */
  hosts: string[];
  /** Became ready meanwhile, and follows when this one is complete. */
  queuedDeploymentId?: string;
  /** What changed it last, in the words of the webhooks. */
  writtenBy: string;
}

/** An environment beside the standard ones, for example staging. */
export interface CustomEnvironment {
  id: string;
  slug: string;
  description?: string;
  /** Whose pushes are deployed to it. */
  branchMatcher?: {
    type: 'equals' | 'startsWith' | 'endsWith';
    pattern: string;
  };
  createdAt: number;
  updatedAt: number;
}

export interface Project {
  id: string;
  name: string;
  createdAt: number;
  updatedAt: number;
  settings: BuildSettings & {
    framework?: string;
    devCommand?: string;
    nodeVersion: string;
    autoAssignCustomDomains: boolean;
    previewDeploymentsDisabled?: boolean;
  };
  link?: RepositoryLink;
  /** Where production's traffic goes. */
  productionDeploymentId?: string;
  lastAliasRequest?: AliasRequest;
  /** Set while a rollback pins production; new deployments then stay staged. */
  rollback?: { deploymentId: string; description?: string; at: number };
  rollingReleaseConfig?: RollingReleaseConfig;
  /** The last one, whatever became of it. */
  rollingRelease?: RollingRelease;
  customEnvironments?: CustomEnvironment[];
  paused: boolean;
}

export type EnvVariableType = 'system' | 'encrypted' | 'plain' | 'sensitive';

export interface EnvVariable {
  id: string;
  projectId: string;
  key: string;
  /** In clear only in memory; sealed on disk whatever the type. */
  value: string;
  type: EnvVariableType;
  targets: Environment[];
  customEnvironmentIds?: string[];
  gitBranch?: string;
  comment?: string;
  /** The store's id when a connected store wrote it. */
  resourceId?: string;
  createdAt: number;
  updatedAt: number;
}

export type DeploymentState =
  'QUEUED' | 'BUILDING' | 'READY' | 'ERROR' | 'CANCELED';

export interface DeploymentGit {
  repositoryId: number;
  owner: string;
  repo: string;
  ref: string;
  sha: string;
  message: string;
  authorName: string;
  authorEmail: string;
}

export interface Deployment {
  id: string;
  projectId: string;
  name: string;
  /** First label of its own host name. */
  label: string;
  target?: 'production';
  /** Where it was deployed to instead, as it was named then. */
  customEnvironment?: Pick<CustomEnvironment, 'id' | 'slug'>;
  state: DeploymentState;
  /** Whether it ever got production's traffic. */
  promotedAt?: number;
  createdAt: number;
  buildingAt?: number;
  readyAt?: number;
  endedAt?: number;
  source: 'api' | 'git' | 'redeploy';
  git?: DeploymentGit;
  meta: Record<string, string>;
  creator: string;
  errorCode?: string;
  errorMessage?: string;
  outOfMemory: boolean;
  settings: BuildSettings;
  /** Environment as it was when the deployment was created. */
  variables: Record<string, string>;
  /** Variables whose values are kept out of the logs. */
  secretKeys: string[];
  plan?: LaunchPlan;
  automaticAliases: string[];
}

export interface Alias {
  /** Host name without port. */
  host: string;
  id: string;
  projectId: string;
  deploymentId: string;
  redirect?: string;
  createdAt: number;
  updatedAt: number;
}

export interface ProjectDomain {
  name: string;
  projectId: string;
  gitBranch?: string;
  redirect?: string;
  redirectStatusCode?: 301 | 302 | 307 | 308;
  verified: boolean;
  createdAt: number;
  updatedAt: number;
}

/** One line of a build log, or a change of state in it. */
export interface BuildEvent {
  sequence: number;
  createdAt: number;
  type: 'command' | 'stdout' | 'stderr' | 'fatal' | 'deployment-state';
  text: string;
}

export interface Webhook {
  id: string;
  url: string;
  events: string[];
  projectIds?: string[];
  secret: string;
  createdAt: number;
  updatedAt: number;
}

/** A database that a project can be connected to. */
export interface StoreResource {
  id: string;
  externalId: string;
  name: string;
  product: string;
  database: string;
  role: string;
  password: string;
  status: 'initializing' | 'available' | 'error';
  projectIds: string[];
  createdAt: number;
  updatedAt: number;
}

/** Where and how a drain's data is sent. */
export type DrainDelivery =
  | { type: 'http'; endpoint: string; encoding: 'json' | 'ndjson' }
  | { type: 'otlphttp'; endpoint: { traces: string }; encoding: 'json' };

/** Which requests of a drain are kept; the first rule that fits decides. */
export interface DrainSampling {
  rate: number;
  env?: 'production' | 'preview';
  requestPath?: string;
}

export const DRAIN_SOURCES = [
  'build',
  'edge',
  'lambda',
  'static',
  'external',
  'firewall',
  'redirect',
] as const;
export type DrainSource = (typeof DRAIN_SOURCES)[number];

/** Sends what happens at deployments to somebody else, as it happens. */
export interface Drain {
  id: string;
  name: string;
  /** All projects when absent. */
  projectIds?: string[];
  schema: 'log' | 'trace';
  delivery: DrainDelivery;
  headers: Record<string, string>;
  secret: string;
  sampling: DrainSampling[];
  filter: {
    projectIds?: string[];
    sources?: DrainSource[];
    environments?: ('production' | 'preview')[];
  };
  status: 'enabled' | 'disabled';
  createdAt: number;
  updatedAt: number;
  disabledAt?: number;
}

export const CHECK_CONCLUSIONS = [
  'canceled',
  'failed',
  'neutral',
  'skipped',
  'succeeded',
  'timeout',
] as const;
export type CheckConclusion = (typeof CHECK_CONCLUSIONS)[number];

/** A condition that a project sets for its deployments. */
export interface ProjectCheck {
  id: string;
  projectId: string;
  name: string;
  /** What a deployment must have for a run of it to begin. */
  requires: 'build-ready' | 'deployment-url' | 'none';
  /** What a deployment does not get until a run of it has passed. */
  blocks: 'deployment-alias' | 'deployment-promotion' | 'none';
  /** Environments whose deployments are checked; all when empty. */
  targets: string[];
  source:
    | { kind: 'webhook'; webhookId?: string }
    | { kind: 'integration'; externalResourceId?: string };
  isRerequestable: boolean;
  timeoutSeconds: number;
  createdAt: number;
  updatedAt: number;
}

/** What a check says of one deployment; has the check as it was then. */
export interface CheckRun {
  id: string;
  deploymentId: string;
  check: ProjectCheck;
  status: 'queued' | 'running' | 'completed';
  conclusion?: CheckConclusion;
  conclusionText?: string;
  externalId?: string;
  externalUrl?: string;
  output?: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  completedAt?: number;
}
