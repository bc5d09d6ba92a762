import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  ApprovalRefusal,
  AwaitedApproval,
  PartInVersion,
  RolloutApproval,
} from '@forkyard/plugin-deployments-common';

/** What a second person says of a rollout. */
export interface ApprovalDecision {
  rolloutId: string;
  decision: 'approved' | 'rejected';
  comment?: string;
}

/** A version that may be on its way to an environment. */
export interface VersionRequest {
  entityRef: string;
  deploymentId: string;
  environment: string;
}

export interface AwaitedApprovalsRequest {
  /** Of the page before. */
  cursor?: string;
  limit: number;
}

export interface AwaitedApprovalsPage {
  items: AwaitedApproval[];
  /** Absent on the last page. */
  nextCursor?: string;
}

/**
 * Lets a second person decide about rollouts.
 */
export interface ApprovalsService {
  /** Newest first; whoever may see the rollout may see them. */
  listApprovals(request: { rolloutId: string }): Promise<RolloutApproval[]>;
  /**
   * What waits for the caller's word, the longest first. A page may have fewer
   * than `limit` and yet a `nextCursor`: more was not looked at for it. Whether
   * the caller is a second person is judged when they decide.
   */
  listAwaitedApprovals(
    request: AwaitedApprovalsRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<AwaitedApprovalsPage>;
  /**
   * What keeps the caller from approving a version there, before anybody asks;
   * undefined when nothing is known to. It is judged again at the decision.
   */
  findOwnPart(
    request: VersionRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<PartInVersion | undefined>;
  /**
   * Why the caller may not approve what is asked for now, by the rules of
   * `decideApproval`; undefined when nothing is known to be in the way. Throws
   * `NotFoundError` when nothing is asked for.
   */
  findRefusal(
    request: { rolloutId: string },
    options: { credentials: BackstageCredentials },
  ): Promise<ApprovalRefusal | undefined>;
  /**
   * Decides what is asked for now. Throws `NotFoundError` when nothing is,
   * `NotAllowedError` for who may not, `ConflictError` when it was decided or
   * has expired, saying who decided.
   */
  decideApproval(
    request: ApprovalDecision,
    options: { credentials: BackstageCredentials },
  ): Promise<RolloutApproval>;
}
