import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
  type ChangePage,
  type Page,
} from '@forkyard/api-client';
import type {
  BudgetSeries,
  CountsRequest,
  CountsResponse,
  EntitySlos,
  ListAlertsRequest,
  SloAlert,
  SloSummary,
  TrafficRequest,
  TrafficSeries,
} from './types';

/**
 * What slo-backend answers. Every method throws `ResponseError` when it refuses.
 *
 * @public
 */
export interface SloApi {
  listSlos(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntitySlos>;
  /** How the budget of one SLO was spent; `id` is that of the SLO. */
  getBudget(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<BudgetSeries>;
  getTraffic(
    request: TrafficRequest,
    options?: ApiRequestOptions,
  ): Promise<TrafficSeries>;
  /** Newest first. */
  listAlerts(
    request: ListAlertsRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<SloAlert>>;
  /** Reads the OpenSLO file now instead of at the next scheduled time. */
  refresh(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntitySlos>;
}

/**
 * Speaks to slo-backend over HTTP, from the browser and from backends.
 *
 * @public
 */
export class SloClient implements SloApi {
  readonly #api: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#api = new PluginApiClient('slo', options);
  }

  listSlos(request: { entityRef: string }, options?: ApiRequestOptions) {
    return this.#api.get<EntitySlos>('/slos', { ...request }, options);
  }

  getBudget({ id }: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<BudgetSeries>(
      `/slos/${encodeURIComponent(id)}/budget`,
      {},
      options,
    );
  }

  getTraffic(request: TrafficRequest, options?: ApiRequestOptions) {
    return this.#api.get<TrafficSeries>('/traffic', { ...request }, options);
  }

  listAlerts(
    { ids, ...request }: ListAlertsRequest,
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<Page<SloAlert>>(
      '/alerts',
      { ...request, id: ids },
      options,
    );
  }

  refresh(request: { entityRef: string }, options?: ApiRequestOptions) {
    return this.#api.post<EntitySlos>('/refresh', request, options);
  }

  /** Counts by deployment; for other backends only. */
  getCounts(
    { deploymentIds, ...request }: CountsRequest,
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<CountsResponse>(
      '/counts',
      { ...request, deploymentId: deploymentIds },
      options,
    );
  }

  /** One row for each entity, as it changed last; for other backends only. */
  listSummaries(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<ChangePage<SloSummary>>(
      '/summaries',
      { ...request },
      options,
    );
  }
}
