import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { rolloutApprovePermission } from '@forkyard/plugin-deployments-common';
import type { EntityAccess } from '../EntityAccess';
import type { ApprovalDecision, ApprovalsService } from './ApprovalsService';

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
    const { credentials } = options;
    const [approval] = await this.inner.listApprovals({ rolloutId });
    const [entityRef] = approval
      ? await this.access.filterVisible([approval.entityRef], credentials)
      : [];
    if (!entityRef) {
      throw new NotFoundError(
        `Rollout '${rolloutId}' does not exist, or asks for no approval.`,
      );
    }
    const forbidden = await this.access.listForbidden(
      [entityRef],
      rolloutApprovePermission,
      credentials,
    );
    if (forbidden.length > 0) {
      throw new NotAllowedError(
        `You may not approve or reject rollouts of '${entityRef}'. Its owners may.`,
      );
    }
    return this.inner.decideApproval(request, options);
  }
}
