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
 * others it does not exist. Those that share its project are named to those who
 * may read theirs.
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
    const delivery = await this.inner.getDelivery(request);
    const sharing = delivery.environments
      .flatMap(({ sharedPlans = [] }) => sharedPlans)
      .flatMap(shared => shared.entityRef ?? []);
    const others = sharing.filter(other => other !== entityRef);
    const hidden = await this.#listHidden(others, credentials);
    return hidden.length > 0 ? withoutNames(delivery, hidden) : delivery;
  }

  async #listHidden(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    const hidden = await Promise.all(
      [...new Set(entityRefs)].map(async entityRef =>
        (await this.#isVisible(entityRef, credentials)) ? [] : [entityRef],
      ),
    );
    return hidden.flat();
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

/** What their plans ask for holds, and is told; whose they are is not. */
function withoutNames(
  delivery: EntityDelivery,
  hidden: string[],
): EntityDelivery {
  return {
    ...delivery,
    environments: delivery.environments.map(environment => ({
      ...environment,
      sharedPlans: environment.sharedPlans?.map(({ entityRef, asks }) =>
        entityRef && hidden.includes(entityRef)
          ? { asks }
          : { entityRef, asks },
      ),
    })),
  };
}
