import type { AuthService } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { EntityPermission } from '@forkyard/backend-kit';
import {
  deploymentCreatePermission,
  deploymentLogReadPermission,
  deploymentPromotePermission,
  type ListDeploymentsRequest,
  type RollbackTargetRequest,
} from '@forkyard/plugin-deployments-common';
import type {
  DeploymentRequest,
  DeploymentsService,
  DeploymentsServiceOptions,
  PromotionRequest,
} from './DeploymentsService';
import type { EntityAccess } from './EntityAccess';

/** What needs more than seeing a deployment, and how it is called. */
type Action = { verb: string; permission: EntityPermission };

const READ_LOG: Action = {
  verb: 'read the logs of',
  permission: deploymentLogReadPermission,
};
const REDEPLOY: Action = {
  verb: 'redeploy',
  permission: deploymentCreatePermission,
};
const PROMOTE: Action = {
  verb: 'promote',
  permission: deploymentPromotePermission,
};
const ROLL_BACK: Action = {
  verb: 'roll back',
  permission: deploymentPromotePermission,
};

/**
 * Asks for permission before every operation.
 *
 * The resource is the catalog entity. What a user may not see does not exist
 * for them, so that no name leaks; what they see but may not change, or read
 * the log of, is refused.
 * Other backends act as themselves and are not held to a user's view of the
 * catalog.
 */
export class AuthorizedDeploymentsService implements DeploymentsService {
  constructor(
    private readonly inner: DeploymentsService,
    private readonly options: { access: EntityAccess; auth: AuthService },
  ) {}

  async listDeployments(
    request: ListDeploymentsRequest,
    options: DeploymentsServiceOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.listDeployments(request, options);
  }

  async getDeployment(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ) {
    return this.inner.getDeployment(
      await this.#findVisible(request, options),
      options,
    );
  }

  async listDeploymentEntities(
    request: { id: string },
    options: DeploymentsServiceOptions,
  ) {
    return this.#listVisibleEntities(request, options);
  }

  async getEntityStatus(
    request: { entityRef: string },
    options: DeploymentsServiceOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.getEntityStatus(request, options);
  }

  async streamBuildLog(
    request: DeploymentRequest & { follow: boolean; signal: AbortSignal },
    options: DeploymentsServiceOptions,
  ) {
    const allowed = await this.#findAllowed(request, READ_LOG, options);
    return this.inner.streamBuildLog({ ...request, ...allowed }, options);
  }

  async redeploy(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ) {
    return this.inner.redeploy(
      await this.#findAllowed(request, REDEPLOY, options),
      options,
    );
  }

  async promoteDeployment(
    request: PromotionRequest,
    options: DeploymentsServiceOptions,
  ) {
    const allowed = await this.#findAllowed(request, PROMOTE, options);
    const { environment } = request;
    return this.inner.promoteDeployment({ ...allowed, environment }, options);
  }

  async getRollbackTarget(
    request: RollbackTargetRequest,
    options: DeploymentsServiceOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.getRollbackTarget(request, options);
  }

  async rollbackToDeployment(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ) {
    return this.inner.rollbackToDeployment(
      await this.#findAllowed(request, ROLL_BACK, options),
      options,
    );
  }

  async listProjects(
    request: { cursor?: string; limit?: number },
    options: DeploymentsServiceOptions,
  ) {
    if (!this.options.auth.isPrincipal(options.credentials, 'service')) {
      throw new NotAllowedError('Only other backends may list all projects.');
    }
    return this.inner.listProjects(request, options);
  }

  async reconcileEntity(
    request: { entityRef: string },
    options: DeploymentsServiceOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.reconcileEntity(request, options);
  }

  async #assertVisible(
    { entityRef }: { entityRef: string },
    { credentials }: DeploymentsServiceOptions,
  ): Promise<void> {
    const [visible] = await this.options.access.filterVisible(
      [entityRef],
      credentials,
    );
    if (!visible) {
      throw new NotFoundError(
        `Entity '${entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
  }

  async #findVisible(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<Required<DeploymentRequest>> {
    const [entityRef] = await this.#listVisibleEntities(request, options);
    if (!entityRef) {
      throw new NotFoundError(
        `Deployment '${request.id}' does not exist, or you may not see it.`,
      );
    }
    return { id: request.id, entityRef };
  }

  /**
   * Annotations are what people write, so that one project may be claimed by
   * entities of several owners: whoever acts on it must be allowed to for each.
   */
  async #findAllowed(
    request: DeploymentRequest,
    { verb, permission }: Action,
    options: DeploymentsServiceOptions,
  ): Promise<DeploymentRequest> {
    const { id } = request;
    const { entityRef } = await this.#findVisible(request, options);
    const forbidden = await this.options.access.listForbidden(
      await this.inner.listDeploymentEntities({ id }, options),
      permission,
      options.credentials,
    );
    if (forbidden.length > 0) {
      const reason = forbidden.includes(entityRef)
        ? 'Its owners may.'
        : 'An entity on which you may not act has the same project.';
      throw new NotAllowedError(
        `You may not ${verb} deployments of '${entityRef}'. ${reason}`,
      );
    }
    return { id, entityRef };
  }

  async #listVisibleEntities(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<string[]> {
    const entityRefs = await this.inner.listDeploymentEntities(
      request,
      options,
    );
    return this.options.access.filterVisible(
      entityRefs.filter(
        entityRef => !request.entityRef || entityRef === request.entityRef,
      ),
      options.credentials,
    );
  }
}
