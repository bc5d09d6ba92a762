import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  AuthorizeResult,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  deploymentCreatePermission,
  deploymentPromotePermission,
  deploymentReadPermission,
  type ListDeploymentsRequest,
} from '@forkyard/plugin-deployments-common';
import type {
  DeploymentRequest,
  DeploymentsService,
  DeploymentsServiceOptions,
} from './DeploymentsService';

type EntityPermission = ResourcePermission<'catalog-entity'>;

/**
 * Asks for permission before every operation.
 *
 * The resource is the catalog entity. What a user may not see does not exist
 * for them, so that no name leaks; what they see but may not change is refused.
 * Other backends act as themselves and are not held to a user's view of the
 * catalog.
 */
export class AuthorizedDeploymentsService implements DeploymentsService {
  constructor(
    private readonly inner: DeploymentsService,
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
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
    const visible = await this.#findVisible(request, options);
    return this.inner.streamBuildLog({ ...request, ...visible }, options);
  }

  async redeploy(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ) {
    return this.inner.redeploy(
      await this.#findAllowed(request, deploymentCreatePermission, options),
      options,
    );
  }

  async promoteDeployment(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ) {
    return this.inner.promoteDeployment(
      await this.#findAllowed(request, deploymentPromotePermission, options),
      options,
    );
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
    const [visible] = await this.#filterVisible([entityRef], credentials);
    if (!visible) {
      throw new NotFoundError(
        `Entity '${entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
  }

  async #findVisible(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<DeploymentRequest> {
    const [entityRef] = await this.#listVisibleEntities(request, options);
    if (!entityRef) {
      throw new NotFoundError(
        `Deployment '${request.id}' does not exist, or you may not see it.`,
      );
    }
    return { id: request.id, entityRef };
  }

  async #findAllowed(
    request: DeploymentRequest,
    permission: EntityPermission,
    options: DeploymentsServiceOptions,
  ): Promise<DeploymentRequest> {
    const first = await this.#findVisible(request, options);
    const visible = await this.#listVisibleEntities(request, options);
    const [entityRef] = await this.#filterAllowed(
      visible,
      permission,
      options.credentials,
    );
    if (!entityRef) {
      throw new NotAllowedError(
        `You may not ${permission === deploymentPromotePermission ? 'promote' : 'redeploy'} deployments of '${first.entityRef}'. Its owners may.`,
      );
    }
    return { id: request.id, entityRef };
  }

  async #listVisibleEntities(
    request: DeploymentRequest,
    options: DeploymentsServiceOptions,
  ): Promise<string[]> {
    const entityRefs = await this.inner.listDeploymentEntities(
      request,
      options,
    );
    return this.#filterVisible(
      entityRefs.filter(
        entityRef => !request.entityRef || entityRef === request.entityRef,
      ),
      options.credentials,
    );
  }

  async #filterVisible(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    if (entityRefs.length === 0) return [];
    let existing = entityRefs;
    if (!this.options.auth.isPrincipal(credentials, 'service')) {
      const { items } = await this.options.catalog.getEntitiesByRefs(
        { entityRefs, fields: ['kind', 'metadata.name'] },
        { credentials },
      );
      existing = entityRefs.filter((_, index) => items[index]);
    }
    return this.#filterAllowed(existing, deploymentReadPermission, credentials);
  }

  async #filterAllowed(
    entityRefs: string[],
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    if (entityRefs.length === 0) return [];
    const decisions = await this.options.permissions.authorize(
      entityRefs.map(resourceRef => ({ permission, resourceRef })),
      { credentials },
    );
    return entityRefs.filter(
      (_, index) => decisions[index].result === AuthorizeResult.ALLOW,
    );
  }
}
