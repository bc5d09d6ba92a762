import { ResponseError } from '@backstage/errors';
import type { ForkRequestInput } from './schemas';
import type { StepId } from './steps';
import type {
  Fork,
  ForkPlan,
  ForksSummary,
  ListForksRequest,
  Page,
  Provisioning,
  ProvisioningLogLine,
} from './types';

/** @public */
export interface ForksRequestOptions {
  /** Bearer token; the browser's fetch API adds its own. */
  token?: string;
  signal?: AbortSignal;
}

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
    options?: ForksRequestOptions,
  ): Promise<ForkPlan>;
  sealSecret(
    request: { value: string },
    options?: ForksRequestOptions,
  ): Promise<{ ref: string; expiresAt: string }>;
  createProvisioning(
    request: {
      request: ForkRequestInput;
      through?: StepId;
      idempotencyKey?: string;
    },
    options?: ForksRequestOptions,
  ): Promise<Provisioning>;
  getProvisioning(
    request: { id: string },
    options?: ForksRequestOptions,
  ): Promise<Provisioning>;
  listProvisionings(
    request: { states?: string[]; cursor?: string; limit?: number },
    options?: ForksRequestOptions,
  ): Promise<Page<Provisioning>>;
  /** Lets the provisioning run up to and including a later step. */
  advanceProvisioning(
    request: { id: string; through: StepId },
    options?: ForksRequestOptions,
  ): Promise<Provisioning>;
  resumeProvisioning(
    request: { id: string },
    options?: ForksRequestOptions,
  ): Promise<Provisioning>;
  unwindProvisioning(
    request: { id: string },
    options?: ForksRequestOptions,
  ): Promise<Provisioning>;
  /** Lines after a sequence number, oldest first, at most 1,000. */
  getProvisioningLog(
    request: { id: string; after?: number },
    options?: ForksRequestOptions,
  ): Promise<{ items: ProvisioningLogLine[] }>;
  listForks(
    request: ListForksRequest,
    options?: ForksRequestOptions,
  ): Promise<Page<Fork>>;
  getFork(
    request: { name: string },
    options?: ForksRequestOptions,
  ): Promise<Fork>;
  getForksSummary(options?: ForksRequestOptions): Promise<ForksSummary>;
}

/**
 * Speaks to forks-backend over HTTP, from the browser and from other backends.
 *
 * @public
 */
export class ForksClient implements ForksApi {
  readonly #discovery: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetch: typeof fetch;

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi?: { fetch: typeof fetch };
  }) {
    this.#discovery = options.discoveryApi;
    this.#fetch = options.fetchApi?.fetch ?? fetch;
  }

  checkPlan(request: ForkRequestInput, options?: ForksRequestOptions) {
    return this.#request<ForkPlan>('POST', '/plans', options, request);
  }

  sealSecret(request: { value: string }, options?: ForksRequestOptions) {
    return this.#request<{ ref: string; expiresAt: string }>(
      'POST',
      '/sealed-secrets',
      options,
      request,
    );
  }

  createProvisioning(
    request: {
      request: ForkRequestInput;
      through?: StepId;
      idempotencyKey?: string;
    },
    options?: ForksRequestOptions,
  ) {
    return this.#request<Provisioning>(
      'POST',
      '/provisionings',
      options,
      request,
    );
  }

  getProvisioning(request: { id: string }, options?: ForksRequestOptions) {
    return this.#request<Provisioning>(
      'GET',
      `/provisionings/${encodeURIComponent(request.id)}`,
      options,
    );
  }

  listProvisionings(
    request: { states?: string[]; cursor?: string; limit?: number },
    options?: ForksRequestOptions,
  ) {
    return this.#request<Page<Provisioning>>(
      'GET',
      `/provisionings${toQuery({ state: request.states, cursor: request.cursor, limit: request.limit })}`,
      options,
    );
  }

  advanceProvisioning(
    request: { id: string; through: StepId },
    options?: ForksRequestOptions,
  ) {
    return this.#request<Provisioning>(
      'POST',
      `/provisionings/${encodeURIComponent(request.id)}/advance`,
      options,
      { through: request.through },
    );
  }

  resumeProvisioning(request: { id: string }, options?: ForksRequestOptions) {
    return this.#request<Provisioning>(
      'POST',
      `/provisionings/${encodeURIComponent(request.id)}/resume`,
      options,
      {},
    );
  }

  unwindProvisioning(request: { id: string }, options?: ForksRequestOptions) {
    return this.#request<Provisioning>(
      'POST',
      `/provisionings/${encodeURIComponent(request.id)}/unwind`,
      options,
      {},
    );
  }

  getProvisioningLog(
    request: { id: string; after?: number },
    options?: ForksRequestOptions,
  ) {
    return this.#request<{ items: ProvisioningLogLine[] }>(
      'GET',
      `/provisionings/${encodeURIComponent(request.id)}/log${toQuery({ after: request.after })}`,
      options,
    );
  }

  listForks(request: ListForksRequest, options?: ForksRequestOptions) {
    const { owners, systems, statuses, ...rest } = request;
    return this.#request<Page<Fork>>(
      'GET',
      `/forks${toQuery({ ...rest, owner: owners, system: systems, status: statuses })}`,
      options,
    );
  }

  getFork(request: { name: string }, options?: ForksRequestOptions) {
    return this.#request<Fork>(
      'GET',
      `/forks/${encodeURIComponent(request.name)}`,
      options,
    );
  }

  getForksSummary(options?: ForksRequestOptions) {
    return this.#request<ForksSummary>('GET', '/summary', options);
  }

  async #request<T>(
    method: 'GET' | 'POST',
    path: string,
    options: ForksRequestOptions | undefined,
    body?: unknown,
  ): Promise<T> {
    const baseUrl = await this.#discovery.getBaseUrl('forks');
    const doFetch = this.#fetch;
    const response = await doFetch(`${baseUrl}${path}`, {
      method,
      signal: options?.signal,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options?.token ? { authorization: `Bearer ${options.token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return (await response.json()) as T;
  }
}

function toQuery(
  parameters: Record<string, string | number | string[] | undefined>,
): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== '') {
        query.append(key, String(item));
      }
    }
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}
