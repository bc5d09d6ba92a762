import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
  type ChangePage,
  type Page,
} from '@forkyard/api-client';
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
} from './types';

/**
 * The REST API of cost-backend. Methods throw `ResponseError`.
 *
 * @public
 */
export interface CostApi {
  getEntityCost(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntityCost>;
  /** Oldest day first, by service within a day. */
  listDailyCosts(
    request: ListDailyCostsRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<DailyCost>>;
  /** Newest day first. */
  listCharges(
    request: ListChargesRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<Charge>>;
  listGroupCosts(
    request: ListGroupCostsRequest,
    options?: ApiRequestOptions,
  ): Promise<GroupCosts>;
  /** The whole bill of a month, by default this one. */
  getBill(request: GetBillRequest, options?: ApiRequestOptions): Promise<Bill>;
  /** For other backends: what changed since the cursor. */
  listSummaries(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ): Promise<ChangePage<CostSummary>>;
  /** Asks the provider for its charges now. */
  refresh(
    request: RefreshRequest,
    options?: ApiRequestOptions,
  ): Promise<RefreshResult>;
}

/**
 * Speaks to cost-backend over HTTP, from the browser and from backends.
 *
 * @public
 */
export class CostClient implements CostApi {
  readonly #client: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#client = new PluginApiClient('cost', options);
  }

  getEntityCost(request: { entityRef: string }, options?: ApiRequestOptions) {
    return this.#client.get<EntityCost>(
      '/entities/cost',
      { ...request },
      options,
    );
  }

  listDailyCosts(request: ListDailyCostsRequest, options?: ApiRequestOptions) {
    return this.#client.get<Page<DailyCost>>(
      '/entities/daily',
      { ...request },
      options,
    );
  }

  listCharges(request: ListChargesRequest, options?: ApiRequestOptions) {
    return this.#client.get<Page<Charge>>(
      '/entities/charges',
      { ...request },
      options,
    );
  }

  listGroupCosts(request: ListGroupCostsRequest, options?: ApiRequestOptions) {
    return this.#client.get<GroupCosts>(
      '/groups/cost',
      { ...request },
      options,
    );
  }

  getBill(request: GetBillRequest, options?: ApiRequestOptions) {
    return this.#client.get<Bill>('/bill', { ...request }, options);
  }

  listSummaries(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ) {
    return this.#client.get<ChangePage<CostSummary>>(
      '/summaries',
      { ...request },
      options,
    );
  }

  refresh(request: RefreshRequest, options?: ApiRequestOptions) {
    return this.#client.post<RefreshResult>('/refresh', request, options);
  }
}
