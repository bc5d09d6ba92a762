import type { DeploymentCommit } from '../types';
import type { Verdict, VerdictSettings } from '../verdict/types';

/**
 * How a new version gets an environment's traffic: `direct`, at once and
 * unwatched; `blue-green`, at once after checks, then watched; `canary`, by
 * stages, each judged.
 *
 * @public
 */
export type RolloutStrategy = 'direct' | 'blue-green' | 'canary';

/** @public */
export interface RolloutStage {
  /** Share of the traffic for the new version, 1 to 99. */
  percent: number;
  /** At least so long. */
  minutes: number;
  /** Whether somebody must approve before the next stage. */
  approval: boolean;
}

/**
 * How one environment's deployments are rolled out.
 *
 * @public
 */
export interface RolloutPlan {
  strategy: RolloutStrategy;
  /** Of a canary, ascending; after the last it gets all traffic. */
  stages: RolloutStage[];
  /** How long the new version is watched once it has all traffic. */
  watchMinutes: number;
  /** Whether a second person must approve before it gets any traffic. */
  approval: boolean;
  /** What must pass before it gets any traffic. */
  checks: RolloutCheckName[];
  /** Path of the smoke test, for example `/healthz`. */
  smokeTestPath: string;
  /** Those of other entities that have the same project; they must pass, too. */
  otherSmokeTestPaths?: string[];
  /** What a fork's file says of the verdict; the rest is by default. */
  verdict: Partial<VerdictSettings>;
  /**
   * `push` has each commit that was built for production deployed here too;
   * absent, only promotions lead here.
   */
  deployOn?: 'push';
}

/** @public */
export type RolloutCheckName = 'ci' | 'security' | 'smoke-test' | 'schema';

/**
 * What may keep a new version from traffic: its checks, and whatever is asked
 * of production at this time.
 *
 * @public
 */
export type RolloutGateName =
  RolloutCheckName | 'approval' | 'freeze' | 'error-budget';

/** @public */
export interface RolloutGate {
  gate: RolloutGateName;
  /** `waiting` may yet pass; `failed` ends the rollout; `skipped` was not asked for or overridden. */
  state: 'passed' | 'waiting' | 'failed' | 'skipped';
  /** A sentence for people. */
  reason: string;
  checkedAt: string;
  /** Page with more, at GitHub for example. */
  url?: string;
}

/**
 * `queued` behind another in the environment; `checking` its gates, before any
 * traffic; `progressing` through the stages of a canary; `switching` all
 * traffic; `watching` with all traffic; `paused`; and then for good `promoted`,
 * `rolled-back` (after it had all traffic) or `aborted` (before).
 *
 * @public
 */
export type RolloutState =
  | 'queued'
  | 'checking'
  | 'progressing'
  | 'switching'
  | 'watching'
  | 'paused'
  | 'promoted'
  | 'rolled-back'
  | 'aborted';

/**
 * A new version on its way to an environment's traffic.
 *
 * @public
 */
export interface Rollout {
  id: string;
  entityRef: string;
  environment: string;
  /** The new version, as the deployments plugin names it. */
  deploymentId: string;
  commit?: DeploymentCommit;
  /** What served before; absent for a first deployment. */
  stableDeploymentId?: string;
  stableCommit?: DeploymentCommit;
  plan: RolloutPlan;
  state: RolloutState;
  /** Why it is in this state, as a sentence. */
  reason: string;
  /**
   * What somebody asked for while the traffic is still moving there. Pausing and
   * resuming hold as soon as they are answered.
   */
  asked?: 'promote' | 'abort';
  /** Share of the traffic that goes to the new version now, 0 to 100. */
  percent: number;
  /** Of `plan.stages`, from 0; absent before the first and after the last. */
  stageIndex?: number;
  stageStartedAt?: string;
  /** When the stage or the watch is over at the earliest. */
  stageEndsAt?: string;
  /** The last one, once there was traffic. */
  verdict?: Verdict;
  /** What counts as slow: 95 % of the stable version's requests were faster; absent when unknown. */
  slowerThanMilliseconds?: number;
  gates: RolloutGate[];
  createdAt: string;
  /** User entity ref, `service:…`, or the author of the push. */
  createdBy: string;
  endedAt?: string;
}

/**
 * One change of a rollout, kept for good.
 *
 * @public
 */
export interface RolloutTransition {
  id: string;
  at: string;
  from?: RolloutState;
  to: RolloutState;
  percent: number;
  /** User entity ref, or `forkyard` when it acted by itself. */
  actor: string;
  reason: string;
  /** What a person wrote to it. */
  comment?: string;
  /** On which it was decided. */
  verdict?: Verdict;
  gates?: RolloutGate[];
}

/** @public */
export interface RolloutDetail extends Rollout {
  /** Oldest first. */
  transitions: RolloutTransition[];
  /** Newest first. */
  approvals: RolloutApproval[];
}

/**
 * A second person's word on a rollout.
 *
 * @public
 */
export interface RolloutApproval {
  id: string;
  rolloutId: string;
  entityRef: string;
  environment: string;
  /** Before any traffic, or before the stage after this one. */
  stageIndex?: number;
  state: 'pending' | 'approved' | 'rejected' | 'expired';
  /** Who may not approve it: the one who asks. */
  requestedBy: string;
  requestedAt: string;
  expiresAt: string;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
  /** What is to be known of how the approver was judged, as a sentence. */
  note?: string;
}

/**
 * What the caller has to do with a version, so that somebody else must approve
 * it whoever asks: wrote its commit, pushed it, or wrote another commit that it
 * brings to an environment.
 *
 * @public
 */
export type PartInVersion = 'author' | 'pusher' | 'contributor';

/**
 * Why the caller may not approve a rollout that waits for it: their part in the
 * version, or they asked for it (`asker`), are not in the catalog and so cannot
 * be told apart from its author (`stranger`), own nothing of it while nobody
 * tells who wrote its commits (`outsider`), lack the permission for one of the
 * entities that have the project (`forbidden`), or it is decided, expired or
 * ended (`over`).
 *
 * @public
 */
export type ApprovalRefusal =
  PartInVersion | 'asker' | 'stranger' | 'outsider' | 'forbidden' | 'over';

/** An approval that is asked for, with what it is about. @public */
export interface AwaitedApproval extends RolloutApproval {
  commit?: DeploymentCommit;
}

/** What one version served in one step of a rollout. @public */
export interface RolloutTraffic {
  requests: number;
  errors: number;
  p95Milliseconds?: number;
}

/**
 * A step of a rollout's history, for charts.
 *
 * @public
 */
export interface RolloutPoint {
  at: string;
  percent: number;
  /** Since the point before. */
  canary: RolloutTraffic;
  stable: RolloutTraffic;
  /** Of all metrics the highest; see `VerdictMetric`. */
  harmProgress: number;
  /** Of all metrics the lowest. */
  goodProgress: number;
}

/**
 * What the plan of one of several entities that have a project asks for.
 *
 * @public
 */
export interface SharedPlan {
  /** Absent when the caller may not see it. */
  entityRef?: string;
  /** In words, for example "a canary"; empty for `direct`, absent while not known. */
  asks?: string[];
}

/**
 * How the environments of an entity are rolled out, and what holds now.
 *
 * @public
 */
export interface EntityDelivery {
  entityRef: string;
  /**
   * In the order of promotion: previews, those that the file names, in its
   * order, others that the provider has, production.
   */
  environments: {
    environment: string;
    plan: RolloutPlan;
    /** Whether the fork's file or the default decides. */
    from: 'file' | 'default';
    freeze?: { name: string; until: string };
    override?: GateOverride;
    /**
     * Of all entities that have the project, where several have it, the most
     * careful plan first: what any of them asks for holds for all. `plan` is that
     * of this entity alone.
     */
    sharedPlans?: SharedPlan[];
  }[];
  /**
   * What is wrong in `forkyard.yaml`, whose last good version stays in force,
   * and what of it could not be done at the provider.
   */
  fileProblems: { message: string; line?: number }[];
}

/**
 * Break-glass: for a while, an environment's freeze and error budget stop
 * nothing.
 *
 * @public
 */
export interface GateOverride {
  id: string;
  entityRef: string;
  environment: string;
  reason: string;
  createdBy: string;
  createdAt: string;
  expiresAt: string;
}
