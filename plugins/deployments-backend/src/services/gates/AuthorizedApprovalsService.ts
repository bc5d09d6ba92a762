import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { rolloutApprovePermission } from '@forkyard/plugin-deployments-common';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { EntityAccess } from '../EntityAccess';
import type {
  ApprovalDecision,
  ApprovalsService,
  VersionRequest,
} from './ApprovalsService';

const MOST_AWAITED = 20;

/**
 * Asks for permission before an approval is decided. Listing them is for who
 * may see the rollout, which its own service decides; one's own part in a
 * version is for who may see its entity.
 *
 * Whoever decides must be allowed to for every entity that has the same project,
 * because the traffic is that of all of them.
 */
export class AuthorizedApprovalsService implements ApprovalsService {
  constructor(
    private readonly inner: ApprovalsService,
    private readonly access: EntityAccess,
    private readonly stores: {
      deployments: Pick<DeploymentsStore, 'listById'>;
      rollouts: Pick<RolloutStore, 'get'>;
    },
  ) {}

  listApprovals(request: { rolloutId: string }) {
    return this.inner.listApprovals(request);
  }

  async listAwaitedApprovals(options: { credentials: BackstageCredentials }) {
    const awaited = await this.inner.listAwaitedApprovals(options);
    const { credentials } = options;
    const visible = await this.access.filterVisible(
      [...new Set(awaited.map(({ entityRef }) => entityRef))],
      credentials,
    );
    const forbidden = await this.access.listForbidden(
      visible,
      rolloutApprovePermission,
      credentials,
    );
    return awaited
      .filter(
        ({ entityRef }) =>
          visible.includes(entityRef) && !forbidden.includes(entityRef),
      )
      .slice(0, MOST_AWAITED);
  }

  async findOwnPart(
    request: VersionRequest,
    options: { credentials: BackstageCredentials },
  ) {
    const { entityRef, deploymentId } = request;
    const [visible] = await this.access.filterVisible(
      [entityRef],
      options.credentials,
    );
    if (!visible) {
      throw new NotFoundError(
        `Deployment '${deploymentId}' of '${entityRef}' is not known.`,
      );
    }
    return this.inner.findOwnPart(request, options);
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
      [...new Set([entityRef, ...(await this.#listSharing(rolloutId))])],
      rolloutApprovePermission,
      credentials,
    );
    if (forbidden.length > 0) {
      const reason = forbidden.includes(entityRef)
        ? 'Its owners may.'
        : 'An entity on which you may not act has the same project.';
      throw new NotAllowedError(
        `You may not approve or reject rollouts of '${entityRef}'. ${reason}`,
      );
    }
    return this.inner.decideApproval(request, options);
  }

  async #listSharing(rolloutId: string): Promise<string[]> {
    const { deployments, rollouts } = this.stores;
    const { deploymentId } = await rollouts.get(rolloutId);
    const held = await deployments.listById(deploymentId);
    return held.map(({ entityRef }) => entityRef);
  }
}
