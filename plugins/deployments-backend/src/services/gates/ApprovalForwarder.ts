import type { LoggerService } from '@backstage/backend-plugin-api';
import { actorName } from '@forkyard/plugin-deployments-common';
import type {
  ApprovalsStore,
  HeldApproval,
} from '../../database/gates/ApprovalsStore';
import type { GithubConnector } from '../../sources/GithubConnector';
import type { GithubPendingDeploymentsSource } from '../../sources/GithubPendingDeploymentsSource';

const RETRY_SECONDS = 30;

/** A workflow that has not asked by then will not ask for this approval. */
const PATIENCE_MS = 15 * 60_000;

/**
 * Gives the answer of a second person to GitHub too, where a workflow of the
 * commit may wait for the approval of the same environment, or come to do so.
 * Trouble is logged and tried again; it stops nothing here.
 */
export class ApprovalForwarder {
  constructor(
    private readonly options: {
      approvals: ApprovalsStore;
      github: GithubConnector;
      pending: GithubPendingDeploymentsSource;
      logger: LoggerService;
    },
  ) {}

  /** Forwards what was decided of a rollout and is not answered yet. */
  async forwardDecided(rolloutId: string): Promise<void> {
    const all = await this.options.approvals.listByRollout(rolloutId);
    for (const approval of all) {
      const isRecent =
        Date.now() - Date.parse(approval.decidedAt ?? '') < PATIENCE_MS;
      if (isRecent && approval.mayForward) await this.forward(approval);
    }
  }

  async forward(approval: HeldApproval): Promise<void> {
    const { approvals, github, pending, logger } = this.options;
    const { id, state, stageIndex, decidedBy } = approval;
    const place = github.locate(approval.commit);
    const isDecided = state === 'approved' || state === 'rejected';
    // A deployment is approved once; stages are ours alone.
    if (!place || !isDecided || stageIndex !== undefined) return;
    try {
      const answered = await pending.review(place, {
        environment: approval.environment,
        state,
        // What they wrote to it is for the portal: the repository may be public.
        comment: `By ${actorName(decidedBy ?? 'somebody')} in Forkyard.`,
      });
      if (answered > 0) {
        await approvals.markForwarded(id);
        return;
      }
    } catch (error) {
      logger.warn(
        `Could not tell GitHub that rollout '${approval.rolloutId}' was ${state}: ${error}`,
      );
    }
    await approvals.delayForward(id, RETRY_SECONDS);
  }
}
