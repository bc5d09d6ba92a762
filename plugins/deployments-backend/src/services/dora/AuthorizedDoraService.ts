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
  type DoraScope,
  type GetDoraReportRequest,
  type ListDeliveryChangesRequest,
} from '@forkyard/plugin-deployments-common';
import type { DoraService, DoraServiceOptions } from './DoraService';

/** The permission backend takes bodies of at most 100 kB. */
const MOST_AT_ONCE = 200;

/**
 * Asks for permission before every operation.
 *
 * What a user may not see does not exist for them, and what a team or a system
 * delivers is what those of its entities do whose deployments they may read.
 * Other backends act as themselves and are not held to a user's view of the
 * catalog.
 */
export class AuthorizedDoraService implements DoraService {
  constructor(
    private readonly inner: DoraService,
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  async listEntities(
    scope: DoraScope,
    options: DoraServiceOptions,
  ): Promise<string[]> {
    const { credentials } = options;
    const entityRefs = await this.inner.listEntities(scope, options);
    if (!scope.entityRef) return this.#filterAllowed(entityRefs, credentials);
    const exists =
      this.options.auth.isPrincipal(credentials, 'service') ||
      (await this.options.catalog.getEntityByRef(scope.entityRef, {
        credentials,
      }));
    const [visible] = exists
      ? await this.#filterAllowed(entityRefs, credentials)
      : [];
    if (!visible) {
      throw new NotFoundError(
        `Entity '${scope.entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
    return entityRefs;
  }

  async getReport(request: GetDoraReportRequest, options: DoraServiceOptions) {
    const entityRefs = await this.listEntities(request, options);
    return this.inner.getReport({ ...request, entityRefs }, options);
  }

  async listChanges(
    request: ListDeliveryChangesRequest,
    options: DoraServiceOptions,
  ) {
    const entityRefs = await this.listEntities(request, options);
    return this.inner.listChanges({ ...request, entityRefs }, options);
  }

  async #filterAllowed(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    const allowed: string[] = [];
    for (let start = 0; start < entityRefs.length; start += MOST_AT_ONCE) {
      const asked = entityRefs.slice(start, start + MOST_AT_ONCE);
      const decisions = await this.options.permissions.authorize(
        asked.map(resourceRef => ({
          permission: deploymentReadPermission,
          resourceRef,
        })),
        { credentials },
      );
      allowed.push(
        ...asked.filter(
          (_, index) => decisions[index].result === AuthorizeResult.ALLOW,
        ),
      );
    }
    return allowed;
  }
}
