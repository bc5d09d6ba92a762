import type {
  DeploymentCommit,
  RolloutApproval,
} from '@forkyard/plugin-deployments-common';

/** An approval with what is needed to judge who may give it. */
export interface HeldApproval extends RolloutApproval {
  commit?: DeploymentCommit;
  /** Whether the owners were told that it is asked for. */
  notified: boolean;
  /** Whether GitHub is to be told the decision now. */
  mayForward: boolean;
}

export interface ApprovalRequest {
  rolloutId: string;
  entityRef: string;
  environment: string;
  stageIndex?: number;
  requestedBy: string;
  commit?: DeploymentCommit;
  expiresInHours: number;
}

/**
 * Holds approvals. Time is the database's; what is pending past its end is
 * `expired` for everybody, whoever looks first.
 */
export interface ApprovalsStore {
  /** Asks once for each rollout and stage, and gives what became of it. */
  request(request: ApprovalRequest): Promise<HeldApproval>;
  /**
   * What waits for somebody other than a user, the longest first; after one that
   * was listed before, whatever became of it since.
   */
  listPending(request: {
    exceptRequestedBy: string;
    afterId?: string;
    limit: number;
  }): Promise<HeldApproval[]>;
  /** Newest first. */
  listByRollout(rolloutId: string): Promise<HeldApproval[]>;
  /**
   * Decides what is pending. Undefined when it no longer was: of several who
   * decide at once, one wins.
   */
  decide(decision: {
    id: string;
    state: 'approved' | 'rejected';
    decidedBy: string;
    comment?: string;
    note?: string;
  }): Promise<HeldApproval | undefined>;
  /** Lets what is pending expire now, because its rollout has ended. */
  close(rolloutId: string): Promise<void>;
  markNotified(id: string): Promise<void>;
  markForwarded(id: string): Promise<void>;
  delayForward(id: string, seconds: number): Promise<void>;
}
