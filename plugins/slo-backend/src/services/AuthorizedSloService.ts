import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  sloReadPermission,
  type CountsRequest,
  type ListAlertsRequest,
  type TrafficRequest,
} from '@forkyard/plugin-slo-common';
import type { SloService, SloServiceOptions } from './SloService';

/**
 * Asks for permission before every operation.
 *
 * The resource is the catalog entity. What a user may not see in the catalog
 * does not exist for them, so that no name leaks; what they see and may not
 * read the SLOs of is refused. Other backends act as themselves and are not
 * held to a user's view of the catalog; what concerns many entities at once is
 * for them only.
 */
export class AuthorizedSloService implements SloService {
  constructor(
    private readonly inner: SloService,
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  async listSlos(request: { entityRef: string }, options: SloServiceOptions) {
    await this.#assertAllowed(request.entityRef, options);
    return this.inner.listSlos(request, options);
  }

  async getBudget(
    request: { entityRef: string; name: string },
    options: SloServiceOptions,
  ) {
    await this.#assertAllowed(request.entityRef, options);
    return this.inner.getBudget(request, options);
  }

  async getTraffic(request: TrafficRequest, options: SloServiceOptions) {
    await this.#assertAllowed(request.entityRef, options);
    return this.inner.getTraffic(request, options);
  }

  async getCounts(request: CountsRequest, options: SloServiceOptions) {
    this.#assertService(options.credentials);
    return this.inner.getCounts(request, options);
  }

  async listAlerts(request: ListAlertsRequest, options: SloServiceOptions) {
    if (request.entityRef) {
      await this.#assertAllowed(request.entityRef, options);
    } else if (!this.#isService(options.credentials)) {
      throw new InputError(
        "'entityRef' is missing: name the entity whose alerts you want",
      );
    }
    return this.inner.listAlerts(request, options);
  }

  async listSummaries(
    request: { cursor?: string; limit: number },
    options: SloServiceOptions,
  ) {
    this.#assertService(options.credentials);
    return this.inner.listSummaries(request, options);
  }

  async refresh(request: { entityRef: string }, options: SloServiceOptions) {
    await this.#assertAllowed(request.entityRef, options);
    return this.inner.refresh(request, options);
  }

  #isService(credentials: BackstageCredentials): boolean {
    return this.options.auth.isPrincipal(credentials, 'service');
  }

  #assertService(credentials: BackstageCredentials): void {
    if (!this.#isService(credentials)) {
      throw new NotAllowedError('Only other backends may ask for that');
    }
  }

  async #assertAllowed(
    entityRef: string,
    { credentials }: SloServiceOptions,
  ): Promise<void> {
    const { permissions, catalog } = this.options;
    if (!this.#isService(credentials)) {
      const entity = await catalog.getEntityByRef(entityRef, { credentials });
      if (!entity) {
        throw new NotFoundError(
          `Entity '${entityRef}' does not exist, or you may not see it.`,
        );
      }
    }
    const [decision] = await permissions.authorize(
      [{ permission: sloReadPermission, resourceRef: entityRef }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `You may not see the SLOs of '${entityRef}'. Its owners may.`,
      );
    }
  }
}
