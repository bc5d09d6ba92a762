import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
  type Page,
} from '@forkyard/api-client';
import type {
  DeliveryChange,
  DoraReport,
  GetDoraReportRequest,
  ListDeliveryChangesRequest,
} from './types';

/**
 * The REST API of how well is delivered. Methods throw `ResponseError`.
 *
 * @public
 */
export interface DoraApi {
  getDoraReport(
    request: GetDoraReportRequest,
    options?: ApiRequestOptions,
  ): Promise<DoraReport>;
  /** The deployments behind a report, newest first. */
  listDeliveryChanges(
    request: ListDeliveryChangesRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<DeliveryChange>>;
}

/**
 * Speaks to deployments-backend over HTTP, from the browser and from backends.
 *
 * @public
 */
export class DoraClient implements DoraApi {
  readonly #api: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#api = new PluginApiClient('deployments', options);
  }

  getDoraReport(request: GetDoraReportRequest, options?: ApiRequestOptions) {
    return this.#api.get<DoraReport>('/dora', { ...request }, options);
  }

  listDeliveryChanges(
    request: ListDeliveryChangesRequest,
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<Page<DeliveryChange>>(
      '/dora/changes',
      { ...request },
      options,
    );
  }
}
