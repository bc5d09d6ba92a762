import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { rolloutApprovePermission } from '@forkyard/plugin-deployments-common';
import type { ApprovalDecision, ApprovalsService } from './ApprovalsService';
import type { EntityAccess } from './EntityAccess';

/**
 * Asks for permission before an approval is decided. Listing them is for who
 * may see the rollout, which its own service decides.
 */
export class AuthorizedApprovalsService implements ApprovalsService {
  constructor(
    private readonly inner: ApprovalsService,
    private readonly access: EntityAccess,
  ) {}

  listApprovals(request: { rolloutId: string }) {
    return this.inner.listApprovals(request);
  }

  async decideApproval(
    request: ApprovalDecision,
    options: { credentials: BackstageCredentials },
  ) {
    const { rolloutId } = request;
    const hidden = `Rollout '${rolloutId}' does not exist, or asks for no approval.`;
    const [approval] = await this.inner.listApprovals({ rolloutId });
    if (!approval) throw new NotFoundError(hidden);
    await this.access.assertAllowed(
      {
        entityRef: approval.entityRef,
        permission: rolloutApprovePermission,
        hidden,
        refused: `You may not approve or reject rollouts of '${approval.entityRef}'. Its owners may.`,
      },
      options,
    );
    return this.inner.decideApproval(request, options);
  }
}
