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
import { deploymentReadPermission } from '@forkyard/plugin-deployments-common';

type EntityPermission = ResourcePermission<'catalog-entity'>;

/**
 * Decides what a person may do with an entity. What they may not see does not
 * exist for them, so that no name leaks.
 */
export class EntityAccess {
  constructor(
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  /** Throws `NotFoundError` with `hidden`, or `NotAllowedError` with `refused`. */
  async assertAllowed(
    request: {
      entityRef: string;
      permission: EntityPermission;
      hidden: string;
      refused: string;
    },
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<void> {
    const { entityRef, permission } = request;
    const isVisible =
      (await this.#exists(entityRef, credentials)) &&
      (await this.#isAllowed(entityRef, deploymentReadPermission, credentials));
    if (!isVisible) throw new NotFoundError(request.hidden);
    if (!(await this.#isAllowed(entityRef, permission, credentials))) {
      throw new NotAllowedError(request.refused);
    }
  }

  async #exists(entityRef: string, credentials: BackstageCredentials) {
    const { catalog, auth } = this.options;
    if (auth.isPrincipal(credentials, 'service')) return true;
    return Boolean(await catalog.getEntityByRef(entityRef, { credentials }));
  }

  async #isAllowed(
    resourceRef: string,
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ) {
    const [{ result }] = await this.options.permissions.authorize(
      [{ permission, resourceRef }],
      { credentials },
    );
    return result === AuthorizeResult.ALLOW;
  }
}
