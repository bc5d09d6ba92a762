import type {
  Rollout,
  RolloutPoint,
  RolloutState,
  RolloutTransition,
  VerdictCounts,
} from '@forkyard/plugin-deployments-common';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';

/** How a rollout is to end once the traffic is where it belongs. */
export interface RolloutEnding {
  state: Extract<RolloutState, 'aborted' | 'rolled-back'>;
  reason: string;
  actor: string;
  comment?: string;
  /** Where the traffic goes when not to the stable version. */
  toDeploymentId?: string;
}

/**
 * How far the counts of a rollout were used.
 *
 * Sources tell cumulative counts that may come late or shrink; `used` is what
 * became ticks, so that each request is in one tick at most.
 */
export interface RolloutCounting {
  /** ISO 8601; counts are asked for since then. */
  from: string;
  used: { canary: VerdictCounts; stable: VerdictCounts };
  /** Since the last point was stored. */
  pending: { canary: VerdictCounts; stable: VerdictCounts };
  pointAt: string;
  /** Of the new version since it first had traffic. */
  met: { requests: number; errors: number };
}

/** What the controller keeps of a rollout from step to step. */
export interface RolloutProgress {
  /** Since when traffic is to be moved and was not seen where it belongs. */
  movingSince?: string;
  /** Set when the switch was not the verdict's decision but a person's. */
  isPromotedByPerson?: boolean;
  /** Set while all traffic is sent back. */
  ending?: RolloutEnding;
  pausedFrom?: Extract<RolloutState, 'checking' | 'progressing' | 'watching'>;
  pausedAt?: string;
  /** The stable version's p95 before the rollout; absent when unknown. */
  latencyThresholdMilliseconds?: number;
  /** When the first traffic was sent. */
  trafficSince?: string;
  /** When all traffic had moved. */
  switchedAt?: string;
  counting?: RolloutCounting;
  /** Since when it waits for something that time alone does not bring. */
  heldSince?: string;
  /** Whether the owners were told that it is held. */
  heldTold?: boolean;
  /** Since when the provider knows no such project; a moment proves nothing. */
  goneSince?: string;
  /** Stage whose approval is in the log as asked for; -1 before any traffic. */
  approvalAskedFor?: number;
  /** Whether the verdict compares with what the stable version served before. */
  watchesBaseline?: boolean;
}

/** A rollout with what is needed to steer it. */
export interface RolloutRecord extends Rollout {
  project: ProjectRef;
  deploymentCreatedAt: string;
  /** Asked for by somebody, not begun for a push. */
  byPerson: boolean;
  /** Plain JSON; see deployments-common/src/verdict. */
  verdictState?: unknown;
  progress: RolloutProgress;
  /** Raised by each write. */
  revision: string;
  /** Failures in a row. */
  failures: number;
}

/** A rollout that this process alone may steer for a while. */
export interface ClaimedRollout {
  rollout: RolloutRecord;
  /** New at every claim, so that a worker that comes too late is noticed. */
  leaseId: string;
}

export type NewRollout = Pick<
  RolloutRecord,
  | 'entityRef'
  | 'environment'
  | 'deploymentId'
  | 'deploymentCreatedAt'
  | 'commit'
  | 'plan'
  | 'project'
  | 'byPerson'
  | 'createdBy'
  | 'reason'
>;

/** What may change of a rollout; a key with `undefined` empties it. */
export type RolloutChange = Partial<
  Pick<
    RolloutRecord,
    | 'state'
    | 'reason'
    | 'percent'
    | 'stageIndex'
    | 'stageStartedAt'
    | 'stableDeploymentId'
    | 'stableCommit'
    | 'verdict'
    | 'verdictState'
    | 'gates'
    | 'progress'
  >
>;

/** What is to be in the log; `at` is now when it says none. */
export type NewTransition = Omit<RolloutTransition, 'id' | 'at' | 'from'> & {
  at?: string;
};

/** Where the next page of a list begins. */
export interface RolloutsPosition {
  createdAt: string;
  id: string;
}

/** A ready deployment of production that is newer than what is live. */
export interface RolloutCandidate {
  entityRef: string;
  deploymentId: string;
}

/** What production serves although it had to be rolled out, and was not. */
export interface UnguardedDeployment extends RolloutCandidate {
  /** Whether the provider had been told to stage when it was created. */
  wasStaged: boolean;
}

/** A rollout whose version had traffic and lost it again. */
export interface TakenBackRolloutRecord {
  id: string;
  entityRef: string;
  deploymentId: string;
  kind: 'rolled-back' | 'aborted';
  trafficFrom: Date;
  trafficBackAt: Date;
  stableDeploymentId?: string;
}

/**
 * Holds rollouts, everything that happened to them, and when each is due.
 *
 * All times are the database's, so that replicas with different clocks agree.
 */
export interface RolloutStore {
  now(): Promise<Date>;
  /**
   * Inserts a queued rollout, due at once, with its first transition. Gives the
   * one that is there when the deployment has one that has not ended.
   */
  insert(rollout: NewRollout, comment?: string): Promise<RolloutRecord>;
  /** Throws `NotFoundError`. */
  get(id: string): Promise<RolloutRecord>;
  findRollout(id: string): Promise<Rollout | undefined>;
  /** Newest first. */
  list(options: {
    entityRef: string;
    environment?: string;
    active?: boolean;
    after?: RolloutsPosition;
    limit: number;
  }): Promise<RolloutRecord[]>;
  /** Those of a project's environment that have not ended, oldest first. */
  listActive(options: {
    provider: string;
    projectId: string;
    environment: string;
  }): Promise<RolloutRecord[]>;
  /** The last one that ended in a project's environment. */
  findLastEnded(options: {
    provider: string;
    projectId: string;
    environment: string;
  }): Promise<RolloutRecord | undefined>;
  /** Oldest first. */
  listTransitions(id: string): Promise<RolloutTransition[]>;
  /** Oldest first, at most 500; more are merged with their neighbors. */
  listPoints(id: string): Promise<RolloutPoint[]>;
  /**
   * Merges the points of rollouts that ended so long ago into one a minute, no
   * request lost, and gives of how many; each is done once.
   */
  thinEndedPoints(options: {
    afterDays: number;
    limit: number;
  }): Promise<number>;
  /**
   * Writes a change together with its transition and point. A state that is
   * final ends the rollout.
   *
   * Undefined when somebody wrote since `rollout` was read, or has its lease;
   * nothing is changed then. Throws `ConflictError` when another rollout is
   * active in the environment.
   */
  update(
    rollout: RolloutRecord,
    write: {
      change: RolloutChange;
      transition?: NewTransition;
      point?: RolloutPoint;
      leaseId?: string;
    },
  ): Promise<RolloutRecord | undefined>;
  /**
   * Claims rollouts that are due. Two processes never claim the same one, and
   * a claim that is not completed ends after `leaseSeconds`. With an `id` only
   * that one is claimed, if it is due.
   */
  claimDue(options: {
    limit: number;
    leaseSeconds: number;
    id?: string;
  }): Promise<ClaimedRollout[]>;
  /** Makes a claim last so long from now; does nothing once it was lost. */
  renew(leaseId: string, options: { leaseSeconds: number }): Promise<void>;
  /** Ends a claim; false when it had run out and somebody else has it. */
  complete(
    leaseId: string,
    outcome: { succeeded: boolean; nextInSeconds: number },
  ): Promise<boolean>;
  /** Makes a rollout due at once, or when its present claim is completed. */
  requestStep(id: string): Promise<void>;
  /**
   * The newest ready deployment of each production that is newer than the live
   * one, was never live, and never had a rollout.
   */
  listCandidates(options: { limit: number }): Promise<RolloutCandidate[]>;
  /**
   * What each production serves that never had a rollout, although it went live
   * after a plan asked for one; a first version has nothing it took over from.
   */
  listUnguarded(options: { limit: number }): Promise<UnguardedDeployment[]>;
  /**
   * Of production, those that ended after their version had traffic and lost it
   * again.
   */
  listTakenBack(entityRefs: string[]): Promise<TakenBackRolloutRecord[]>;
  /** The last rollout of a deployment, whether or not it has ended. */
  findLastOfDeployment(
    deploymentId: string,
  ): Promise<{ state: RolloutState; endedAt?: Date } | undefined>;
  /** Who had a deployment built in the portal, see `BuildRequestsStore`. */
  findAsker(deploymentId: string): Promise<string | undefined>;
}
