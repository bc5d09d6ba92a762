import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
  type Page,
} from '@forkyard/api-client';
import type {
  BuildLogLine,
  Deployment,
  DeploymentsPage,
  EntityDeploymentStatus,
  ListDeploymentsRequest,
  RollbackTargetRequest,
  TrackedProject,
} from './types';

/**
 * The REST API of deployments-backend. Methods throw `ResponseError`.
 *
 * @public
 */
export interface DeploymentsApi {
  listDeployments(
    request: ListDeploymentsRequest,
    options?: ApiRequestOptions,
  ): Promise<DeploymentsPage>;
  getDeployment(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Deployment>;
  getEntityStatus(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntityDeploymentStatus>;
  /** Yields the build log line by line, and follows it while the build runs. */
  streamBuildLog(
    request: { id: string; follow?: boolean },
    options?: ApiRequestOptions,
  ): AsyncIterable<BuildLogLine>;
  /** Builds the same commit again; the new deployment is returned. */
  redeploy(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Deployment>;
  /**
   * Leads a ready deployment on to a later environment, by default the next
   * one. One of production gets its traffic, without a new build; for another
   * environment its commit is built anew, and that deployment is returned.
   */
  promoteDeployment(
    request: { id: string; environment?: string },
    options?: ApiRequestOptions,
  ): Promise<Deployment>;
  /**
   * The deployment that was live before the one that is now, is older, and can
   * be live again.
   * Answers 404 when there is none.
   */
  getRollbackTarget(
    request: RollbackTargetRequest,
    options?: ApiRequestOptions,
  ): Promise<Deployment>;
  /**
   * Sends production's traffic back to an earlier deployment, as the provider's
   * rollback does: environment variables, schema migrations and crons stay as
   * they are, and later pushes do not take the traffic until one is promoted.
   */
  rollbackToDeployment(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Deployment>;
  /** Projects and whose they are; for other backends only. */
  listProjects(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ): Promise<Page<TrackedProject>>;
  /** Asks the provider now instead of at the next scheduled reconcile. */
  reconcileEntity(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntityDeploymentStatus>;
}

/**
 * Speaks to deployments-backend over HTTP, from the browser and from backends.
 *
 * @public
 */
export class DeploymentsClient implements DeploymentsApi {
  readonly #api: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#api = new PluginApiClient('deployments', options);
  }

  listDeployments(
    request: ListDeploymentsRequest,
    options?: ApiRequestOptions,
  ) {
    const { states, ...rest } = request;
    return this.#api.get<DeploymentsPage>(
      '/deployments',
      { ...rest, state: states },
      options,
    );
  }

  getDeployment(request: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<Deployment>(path(request), {}, options);
  }

  getEntityStatus(request: { entityRef: string }, options?: ApiRequestOptions) {
    return this.#api.get<EntityDeploymentStatus>('/status', request, options);
  }

  getRollbackTarget(
    request: RollbackTargetRequest,
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<Deployment>(
      '/rollback-target',
      { ...request },
      options,
    );
  }

  listProjects(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<Page<TrackedProject>>('/projects', request, options);
  }

  async *streamBuildLog(
    request: { id: string; follow?: boolean },
    options?: ApiRequestOptions,
  ): AsyncIterable<BuildLogLine> {
    const response = await this.#api.stream(
      `${path(request)}/log`,
      { follow: request.follow || undefined },
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

  redeploy(request: { id: string }, options?: ApiRequestOptions) {
    return this.#act(request, 'redeploy', options);
  }

  promoteDeployment(
    request: { id: string; environment?: string },
    options?: ApiRequestOptions,
  ) {
    const { environment } = request;
    const body = environment ? { environment } : undefined;
    return this.#act(request, 'promote', options, body);
  }

  rollbackToDeployment(request: { id: string }, options?: ApiRequestOptions) {
    return this.#act(request, 'rollback', options);
  }

  reconcileEntity(request: { entityRef: string }, options?: ApiRequestOptions) {
    return this.#api.post<EntityDeploymentStatus>(
      '/reconcile',
      request,
      options,
    );
  }

  #act(
    request: { id: string },
    verb: 'redeploy' | 'promote' | 'rollback',
    options?: ApiRequestOptions,
    body?: object,
  ) {
    return this.#api.post<Deployment>(
      `${path(request)}/${verb}`,
      body,
      options,
    );
  }
}

function path({ id }: { id: string }): string {
  return `/deployments/${encodeURIComponent(id)}`;
}
