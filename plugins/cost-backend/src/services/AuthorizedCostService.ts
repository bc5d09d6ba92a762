import type {
  AuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  AuthorizeResult,
  type BasicPermission,
} from '@backstage/plugin-permission-common';
import { EntityGuard } from '@forkyard/backend-kit';
import {
  billReadPermission,
  billUpdatePermission,
  chargeReadPermission,
  type GetBillRequest,
  type ListChargesRequest,
  type ListDailyCostsRequest,
  type ListGroupCostsRequest,
  type RefreshRequest,
} from '@forkyard/plugin-cost-common';
import type {
  CostService,
  CostServiceOptions,
  OwnedEntity,
} from './CostService';

/**
 * Asks for permission before every operation.
 *
 * What an entity costs belongs to the entity: what a user may not see does not
 * exist for them, and a group's page holds only the entities of which they may.
 * Other backends act as themselves and are not held to a user's view of the
 * catalog.
 */
export class AuthorizedCostService implements CostService {
  readonly #guard: EntityGuard;

  constructor(
    private readonly inner: CostService,
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {
    this.#guard = new EntityGuard(options);
  }

  async getEntityCost(
    request: { entityRef: string },
    options: CostServiceOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.getEntityCost(request, options);
  }

  async listDailyCosts(
    request: ListDailyCostsRequest,
    options: CostServiceOptions,
  ) {
    await this.#assertVisible(request, options);
    return this.inner.listDailyCosts(request, options);
  }

  async listCharges(request: ListChargesRequest, options: CostServiceOptions) {
    await this.#assertVisible(request, options);
    return this.inner.listCharges(request, options);
  }

  async listOwnedEntities(
    request: { owner: string },
    options: CostServiceOptions,
  ): Promise<OwnedEntity[]> {
    const owned = await this.inner.listOwnedEntities(request, options);
    const allowed = await this.#guard.filterAllowed(
      owned.map(({ entityRef }) => entityRef),
      chargeReadPermission,
      options.credentials,
    );
    return owned.filter(({ entityRef }) => allowed.has(entityRef));
  }

  async listGroupCosts(
    request: ListGroupCostsRequest,
    options: CostServiceOptions,
  ) {
    const entities = await this.listOwnedEntities(request, options);
    return this.inner.listGroupCosts({ ...request, entities }, options);
  }

  async getBill(request: GetBillRequest, options: CostServiceOptions) {
    await this.#assertAllowed(
      billReadPermission,
      'You may not see the whole bill; administrators may. What your entities cost is on their pages.',
      options,
    );
    return this.inner.getBill(request, options);
  }

  /** The router lets only other backends ask. */
  async listSummaries(
    request: { cursor?: string; limit?: number },
    options: CostServiceOptions,
  ) {
    if (!this.options.auth.isPrincipal(options.credentials, 'service')) {
      throw new NotAllowedError('Only other backends may list the summaries.');
    }
    return this.inner.listSummaries(request, options);
  }

  async refresh(request: RefreshRequest, options: CostServiceOptions) {
    await this.#assertAllowed(
      billUpdatePermission,
      'You may not ask for the charges at once; administrators may. They are refreshed by themselves.',
      options,
    );
    return this.inner.refresh(request, options);
  }

  async #assertAllowed(
    permission: BasicPermission,
    refusal: string,
    { credentials }: CostServiceOptions,
  ): Promise<void> {
    const [decision] = await this.options.permissions.authorize(
      [{ permission }],
      { credentials },
    );
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(refusal);
    }
  }

  #assertVisible(
    { entityRef }: { entityRef: string },
    { credentials }: CostServiceOptions,
  ): Promise<void> {
    return this.#guard.assertVisible(
      entityRef,
      chargeReadPermission,
      credentials,
      'what it costs',
    );
  }
}
