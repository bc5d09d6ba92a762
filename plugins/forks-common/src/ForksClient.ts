import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
} from '@forkyard/api-client';
import type { Provisioning, ProvisioningLogLine } from './provisioning';
import type { ForkRequestInput } from './schemas';
import type { StepId } from './steps';
import type {
  Fork,
  ForkPlan,
  ForksSummary,
  ListForksRequest,
  Page,
} from './types';

/**
 * The REST API of forks-backend.
 *
 * Every method throws `ResponseError` when the backend answers with an error;
 * its `body.error.message` is a sentence for the user.
 *
 * @public
 */
export interface ForksApi {
  checkPlan(
    request: ForkRequestInput,
    options?: ApiRequestOptions,
  ): Promise<ForkPlan>;
  sealSecret(
    request: { value: string },
    options?: ApiRequestOptions,
  ): Promise<{ ref: string; expiresAt: string }>;
  createProvisioning(
    request: {
      request: ForkRequestInput;
      through?: StepId;
      idempotencyKey?: string;
    },
    options?: ApiRequestOptions,
  ): Promise<Provisioning>;
  getProvisioning(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Provisioning>;
  listProvisionings(
    request: { states?: string[]; cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ): Promise<Page<Provisioning>>;
  /** Lets the provisioning run up to and including a later step. */
  advanceProvisioning(
    request: { id: string; through: StepId },
    options?: ApiRequestOptions,
  ): Promise<Provisioning>;
  resumeProvisioning(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Provisioning>;
  unwindProvisioning(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Provisioning>;
  /** Lines after a sequence number, oldest first, at most 1,000. */
  getProvisioningLog(
    request: { id: string; after?: number },
    options?: ApiRequestOptions,
  ): Promise<{ items: ProvisioningLogLine[] }>;
  listForks(
    request: ListForksRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<Fork>>;
  getFork(
    request: { name: string },
    options?: ApiRequestOptions,
  ): Promise<Fork>;
  getForksSummary(options?: ApiRequestOptions): Promise<ForksSummary>;
}

/**
 * Speaks to forks-backend over HTTP, from the browser and from other backends.
 *
 * @public
 */
export class ForksClient implements ForksApi {
  readonly #api: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#api = new PluginApiClient('forks', options);
  }

  checkPlan(request: ForkRequestInput, options?: ApiRequestOptions) {
    return this.#api.post<ForkPlan>('/plans', request, options);
  }

  sealSecret(request: { value: string }, options?: ApiRequestOptions) {
    return this.#api.post<{ ref: string; expiresAt: string }>(
      '/sealed-secrets',
      request,
      options,
    );
  }

  createProvisioning(
    request: {
      request: ForkRequestInput;
      through?: StepId;
      idempotencyKey?: string;
    },
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<Provisioning>('/provisionings', request, options);
  }

  getProvisioning(request: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<Provisioning>(path(request), {}, options);
  }

  listProvisionings(
    request: { states?: string[]; cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ) {
    const { states, ...rest } = request;
    return this.#api.get<Page<Provisioning>>(
      '/provisionings',
      { ...rest, state: states },
      options,
    );
  }

  advanceProvisioning(
    request: { id: string; through: StepId },
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<Provisioning>(
      `${path(request)}/advance`,
      { through: request.through },
      options,
    );
  }

  resumeProvisioning(request: { id: string }, options?: ApiRequestOptions) {
    return this.#api.post<Provisioning>(`${path(request)}/resume`, {}, options);
  }

  unwindProvisioning(request: { id: string }, options?: ApiRequestOptions) {
    return this.#api.post<Provisioning>(`${path(request)}/unwind`, {}, options);
  }

  getProvisioningLog(
    request: { id: string; after?: number },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<{ items: ProvisioningLogLine[] }>(
      `${path(request)}/log`,
      { after: request.after },
      options,
    );
  }

  listForks(request: ListForksRequest, options?: ApiRequestOptions) {
    const { owners, systems, statuses, budgets, costs, ...rest } = request;
    return this.#api.get<Page<Fork>>(
      '/forks',
      {
        ...rest,
        owner: owners,
        system: systems,
        status: statuses,
        budget: budgets,
        cost: costs,
      },
      options,
    );
  }

  getFork(request: { name: string }, options?: ApiRequestOptions) {
    return this.#api.get<Fork>(
      `/forks/${encodeURIComponent(request.name)}`,
      {},
      options,
    );
  }

  getForksSummary(options?: ApiRequestOptions) {
    return this.#api.get<ForksSummary>('/summary', {}, options);
  }
}

function path({ id }: { id: string }): string {
  return `/provisionings/${encodeURIComponent(id)}`;
}
