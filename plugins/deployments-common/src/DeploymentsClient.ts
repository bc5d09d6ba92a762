import { ResponseError } from '@backstage/errors';
import type {
  BuildLogLine,
  Deployment,
  DeploymentsPage,
  EntityDeploymentStatus,
  ListDeploymentsRequest,
} from './types';

/** @public */
export interface DeploymentsRequestOptions {
  /** Bearer token; the browser's fetch API adds its own. */
  token?: string;
  signal?: AbortSignal;
}

/**
 * The REST API of deployments-backend. Methods throw `ResponseError`.
 *
 * @public
 */
export interface DeploymentsApi {
  listDeployments(
    request: ListDeploymentsRequest,
    options?: DeploymentsRequestOptions,
  ): Promise<DeploymentsPage>;
  getDeployment(
    request: { id: string },
    options?: DeploymentsRequestOptions,
  ): Promise<Deployment>;
  getEntityStatus(
    request: { entityRef: string },
    options?: DeploymentsRequestOptions,
  ): Promise<EntityDeploymentStatus>;
  /** Yields the build log line by line, and follows it while the build runs. */
  streamBuildLog(
    request: { id: string; follow?: boolean },
    options?: DeploymentsRequestOptions,
  ): AsyncIterable<BuildLogLine>;
  /** Builds the same commit again; the new deployment is returned. */
  redeploy(
    request: { id: string },
    options?: DeploymentsRequestOptions,
  ): Promise<Deployment>;
  /** Sends production's traffic to a ready deployment, without a new build. */
  promoteDeployment(
    request: { id: string },
    options?: DeploymentsRequestOptions,
  ): Promise<Deployment>;
  /** Asks the provider now instead of at the next scheduled reconcile. */
  reconcileEntity(
    request: { entityRef: string },
    options?: DeploymentsRequestOptions,
  ): Promise<EntityDeploymentStatus>;
}

/**
 * Speaks to deployments-backend over HTTP, from the browser and from backends.
 *
 * @public
 */
export class DeploymentsClient implements DeploymentsApi {
  readonly #discovery: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetch: typeof fetch;

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi?: { fetch: typeof fetch };
  }) {
    this.#discovery = options.discoveryApi;
    this.#fetch = options.fetchApi?.fetch ?? fetch;
  }

  listDeployments(
    request: ListDeploymentsRequest,
    options?: DeploymentsRequestOptions,
  ) {
    const query = new URLSearchParams({ entityRef: request.entityRef });
    if (request.environment) query.set('environment', request.environment);
    if (request.cursor) query.set('cursor', request.cursor);
    if (request.limit) query.set('limit', String(request.limit));
    for (const state of request.states ?? []) query.append('state', state);
    return this.#json<DeploymentsPage>('GET', `/deployments?${query}`, options);
  }

  getDeployment(request: { id: string }, options?: DeploymentsRequestOptions) {
    return this.#json<Deployment>('GET', path(request), options);
  }

  getEntityStatus(
    request: { entityRef: string },
    options?: DeploymentsRequestOptions,
  ) {
    const query = new URLSearchParams({ entityRef: request.entityRef });
    return this.#json<EntityDeploymentStatus>(
      'GET',
      `/status?${query}`,
      options,
    );
  }

  async *streamBuildLog(
    request: { id: string; follow?: boolean },
    options?: DeploymentsRequestOptions,
  ): AsyncIterable<BuildLogLine> {
    const response = await this.#send(
      'GET',
      `${path(request)}/log${request.follow ? '?follow=true' : ''}`,
      options,
    );
    if (!response.body) return;
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let pending = '';
    try {
      for (;;) {
        const { done, value } = await reader.read();
        pending += decoder.decode(value, { stream: !done });
        const lines = pending.split('\n');
        pending = lines.pop() ?? '';
        for (const line of lines) {
          if (line.trim()) yield JSON.parse(line) as BuildLogLine;
        }
        if (done) return;
      }
    } finally {
      await reader.cancel();
    }
  }

  redeploy(request: { id: string }, options?: DeploymentsRequestOptions) {
    return this.#json<Deployment>('POST', `${path(request)}/redeploy`, options);
  }

  promoteDeployment(
    request: { id: string },
    options?: DeploymentsRequestOptions,
  ) {
    return this.#json<Deployment>('POST', `${path(request)}/promote`, options);
  }

  reconcileEntity(
    request: { entityRef: string },
    options?: DeploymentsRequestOptions,
  ) {
    return this.#json<EntityDeploymentStatus>(
      'POST',
      '/reconcile',
      options,
      request,
    );
  }

  async #json<T>(
    method: 'GET' | 'POST',
    route: string,
    options?: DeploymentsRequestOptions,
    body?: unknown,
  ): Promise<T> {
    const response = await this.#send(method, route, options, body);
    return (await response.json()) as T;
  }

  async #send(
    method: 'GET' | 'POST',
    route: string,
    options?: DeploymentsRequestOptions,
    body?: unknown,
  ): Promise<Response> {
    const baseUrl = await this.#discovery.getBaseUrl('deployments');
    const doFetch = this.#fetch;
    const response = await doFetch(`${baseUrl}${route}`, {
      method,
      signal: options?.signal,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options?.token ? { authorization: `Bearer ${options.token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
  }
}

function path({ id }: { id: string }): string {
  return `/deployments/${encodeURIComponent(id)}`;
}
