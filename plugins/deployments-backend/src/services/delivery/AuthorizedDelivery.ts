import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  deploymentReadPermission,
  type EntityDelivery,
} from '@forkyard/plugin-deployments-common';
import type { DeliveryService } from './DeliveryService';

/**
 * Tells how an entity is rolled out to those who may read its deployments; for
 * others it does not exist.
 */
export class AuthorizedDelivery {
  constructor(
    private readonly inner: Pick<DeliveryService, 'getDelivery'>,
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  async getDelivery(
    request: { entityRef: string },
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<EntityDelivery> {
    const { entityRef } = request;
    if (!(await this.#isVisible(entityRef, credentials))) {
      throw new NotFoundError(
        `Entity '${entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
    return this.inner.getDelivery(request);
  }

  async #isVisible(
    entityRef: string,
    credentials: BackstageCredentials,
  ): Promise<boolean> {
    const { permissions, catalog, auth } = this.options;
    const exists =
      auth.isPrincipal(credentials, 'service') ||
      (await catalog.getEntityByRef(entityRef, { credentials }));
    if (!exists) return false;
    const [decision] = await permissions.authorize(
      [{ permission: deploymentReadPermission, resourceRef: entityRef }],
      { credentials },
    );
    return decision.result === AuthorizeResult.ALLOW;
  }
}
