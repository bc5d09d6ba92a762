import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { ChangePage, Page } from '@forkyard/api-client';
import type {
  Bill,
  Charge,
  CostSummary,
  DailyCost,
  EntityCost,
  GetBillRequest,
  GroupCosts,
  ListChargesRequest,
  ListDailyCostsRequest,
  ListGroupCostsRequest,
  RefreshRequest,
  RefreshResult,
} from '@forkyard/plugin-cost-common';

/** On whose behalf something is asked for. */
export interface CostServiceOptions {
  credentials: BackstageCredentials;
}

/** An entity as a group's page names it. */
export interface OwnedEntity {
  entityRef: string;
  title?: string;
}

/**
 * The operations of this plugin, one method each, whoever calls.
 */
export interface CostService {
  getEntityCost(
    request: { entityRef: string },
    options: CostServiceOptions,
  ): Promise<EntityCost>;
  listDailyCosts(
    request: ListDailyCostsRequest,
    options: CostServiceOptions,
  ): Promise<Page<DailyCost>>;
  listCharges(
    request: ListChargesRequest,
    options: CostServiceOptions,
  ): Promise<Page<Charge>>;
  /**
   * The entities that a group owns and the caller sees in the catalog. Throws
   * `NotFoundError` when there is no such group for the caller.
   */
  listOwnedEntities(
    request: { owner: string },
    options: CostServiceOptions,
  ): Promise<OwnedEntity[]>;
  /** The costs of a group, by default of all entities that it owns. */
  listGroupCosts(
    request: ListGroupCostsRequest & { entities?: OwnedEntity[] },
    options: CostServiceOptions,
  ): Promise<GroupCosts>;
  getBill(request: GetBillRequest, options: CostServiceOptions): Promise<Bill>;
  listSummaries(
    request: { cursor?: string; limit?: number },
    options: CostServiceOptions,
  ): Promise<ChangePage<CostSummary>>;
  /** Throws `ServiceUnavailableError` when a source cannot be asked. */
  refresh(
    request: RefreshRequest,
    options: CostServiceOptions,
  ): Promise<RefreshResult>;
}
