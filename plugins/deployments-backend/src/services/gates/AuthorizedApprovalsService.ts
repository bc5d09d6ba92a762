import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { encodeCursor } from '@forkyard/backend-kit';
import {
  rolloutApprovePermission,
  type AwaitedApproval,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { EntityAccess } from '../EntityAccess';
import type {
  ApprovalDecision,
  ApprovalsService,
  AwaitedApprovalsPage,
  AwaitedApprovalsRequest,
  VersionRequest,
} from './ApprovalsService';

/** Most who ask may decide about few of all: so many are looked at for a page. */
const LOOKED_AT = 200;
const MOST_LOOKS = 5;

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

  async listAwaitedApprovals(
    request: AwaitedApprovalsRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<AwaitedApprovalsPage> {
    const { limit } = request;
    const items: AwaitedApproval[] = [];
    let cursor = request.cursor;
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const page = await this.inner.listAwaitedApprovals(
        { cursor, limit: LOOKED_AT },
        options,
      );
      for (const approval of await this.#filterOwn(page.items, options)) {
        const last = items.at(-1);
        if (last && items.length === limit) {
          return { items, nextCursor: encodeCursor(last.id) };
        }
        items.push(approval);
      }
      cursor = page.nextCursor;
      if (!cursor) break;
    }
    return { items, nextCursor: cursor };
  }

  /** Those that the caller may see and decide about. */
  async #filterOwn(
    awaited: AwaitedApproval[],
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<AwaitedApproval[]> {
    const visible = await this.access.filterVisible(
      [...new Set(awaited.map(({ entityRef }) => entityRef))],
      credentials,
    );
    const forbidden = await this.access.listForbidden(
      visible,
      rolloutApprovePermission,
      credentials,
    );
    return awaited.filter(
      ({ entityRef }) =>
        visible.includes(entityRef) && !forbidden.includes(entityRef),
    );
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

  async findRefusal(
    request: { rolloutId: string },
    options: { credentials: BackstageCredentials },
  ) {
    const { rolloutId } = request;
    const { forbidden } = await this.#checkCaller(rolloutId, options);
    return forbidden.length > 0
      ? 'forbidden'
      : this.inner.findRefusal(request, options);
  }

  async decideApproval(
    request: ApprovalDecision,
    options: { credentials: BackstageCredentials },
  ) {
    const { entityRef, forbidden } = await this.#checkCaller(
      request.rolloutId,
      options,
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

  /** The rollout's entity, which the caller may see, and where they may not decide. */
  async #checkCaller(
    rolloutId: string,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<{ entityRef: string; forbidden: string[] }> {
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
    return { entityRef, forbidden };
  }

  async #listSharing(rolloutId: string): Promise<string[]> {
    const { deployments, rollouts } = this.stores;
    const { deploymentId } = await rollouts.get(rolloutId);
    const held = await deployments.listById(deploymentId);
    return held.map(({ entityRef }) => entityRef);
  }
}
