import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
  type Page,
} from '@forkyard/api-client';
import type {
  ApprovalRefusal,
  AwaitedApproval,
  EntityDelivery,
  GateOverride,
  PartInVersion,
  Rollout,
  RolloutApproval,
  RolloutDetail,
  RolloutPoint,
} from './types';

/** @public */
export interface ListRolloutsRequest {
  entityRef: string;
  environment?: string;
  /** Only those that have not ended. */
  active?: boolean;
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}

/** What a person asks of a rollout. @public */
export interface RolloutActionRequest {
  id: string;
  comment?: string;
}

/**
 * The REST API of rollouts. Methods throw `ResponseError`.
 *
 * @public
 */
export interface RolloutsApi {
  /** Newest first. */
  listRollouts(
    request: ListRolloutsRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<Rollout>>;
  getRollout(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<RolloutDetail>;
  /** Oldest first, at most 500. */
  listRolloutPoints(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<{ items: RolloutPoint[] }>;
  /** Rolls a ready deployment out by its environment's plan. */
  startRollout(
    request: { entityRef: string; deploymentId: string; comment?: string },
    options?: ApiRequestOptions,
  ): Promise<Rollout>;
  /** Keeps the traffic as it is. */
  pauseRollout(
    request: RolloutActionRequest,
    options?: ApiRequestOptions,
  ): Promise<Rollout>;
  resumeRollout(
    request: RolloutActionRequest,
    options?: ApiRequestOptions,
  ): Promise<Rollout>;
  /** Sends all traffic to the new version now, without waiting for the verdict. */
  promoteRollout(
    request: RolloutActionRequest,
    options?: ApiRequestOptions,
  ): Promise<Rollout>;
  /** Sends all traffic back. */
  abortRollout(
    request: RolloutActionRequest,
    options?: ApiRequestOptions,
  ): Promise<Rollout>;
  /**
   * What waits for the caller's word, the longest first, at most 20; with a
   * `nextCursor` there may be more, even when nothing is on this page.
   */
  listAwaitedApprovals(
    request: { cursor?: string },
    options?: ApiRequestOptions,
  ): Promise<{ items: AwaitedApproval[]; nextCursor?: string }>;
  /**
   * What keeps the caller from approving a version in an environment, whoever
   * asks for it; without a part nothing is known to.
   */
  getOwnPart(
    request: { entityRef: string; deploymentId: string; environment: string },
    options?: ApiRequestOptions,
  ): Promise<{ part?: PartInVersion }>;
  /**
   * Why the caller may not approve what the rollout waits for; without a refusal
   * they may, as far as is known now. It is judged again at the decision.
   */
  getApprovalRefusal(
    request: { rolloutId: string },
    options?: ApiRequestOptions,
  ): Promise<{ refusal?: ApprovalRefusal }>;
  decideApproval(
    request: {
      rolloutId: string;
      decision: 'approved' | 'rejected';
      comment?: string;
    },
    options?: ApiRequestOptions,
  ): Promise<RolloutApproval>;
  getDelivery(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntityDelivery>;
  /** At most 240 minutes. */
  overrideGates(
    request: {
      entityRef: string;
      environment: string;
      reason: string;
      minutes: number;
    },
    options?: ApiRequestOptions,
  ): Promise<GateOverride>;
}

/**
 * Speaks to deployments-backend over HTTP, from the browser and from backends.
 *
 * @public
 */
export class RolloutsClient implements RolloutsApi {
  readonly #api: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#api = new PluginApiClient('deployments', options);
  }

  listRollouts(request: ListRolloutsRequest, options?: ApiRequestOptions) {
    return this.#api.get<Page<Rollout>>('/rollouts', { ...request }, options);
  }

  getRollout({ id }: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<RolloutDetail>(pathOf(id), {}, options);
  }

  listRolloutPoints({ id }: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<{ items: RolloutPoint[] }>(
      `${pathOf(id)}/points`,
      {},
      options,
    );
  }

  startRollout(
    request: { entityRef: string; deploymentId: string; comment?: string },
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<Rollout>('/rollouts', request, options);
  }

  pauseRollout(request: RolloutActionRequest, options?: ApiRequestOptions) {
    return this.#act('pause', request, options);
  }

  resumeRollout(request: RolloutActionRequest, options?: ApiRequestOptions) {
    return this.#act('resume', request, options);
  }

  promoteRollout(request: RolloutActionRequest, options?: ApiRequestOptions) {
    return this.#act('promote', request, options);
  }

  abortRollout(request: RolloutActionRequest, options?: ApiRequestOptions) {
    return this.#act('abort', request, options);
  }

  listAwaitedApprovals(
    request: { cursor?: string },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<{ items: AwaitedApproval[]; nextCursor?: string }>(
      '/approvals',
      request,
      options,
    );
  }

  getOwnPart(
    request: { entityRef: string; deploymentId: string; environment: string },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<{ part?: PartInVersion }>(
      '/approvals/own-part',
      { ...request },
      options,
    );
  }

  getApprovalRefusal(
    { rolloutId }: { rolloutId: string },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<{ refusal?: ApprovalRefusal }>(
      `${pathOf(rolloutId)}/approval/refusal`,
      {},
      options,
    );
  }

  decideApproval(
    {
      rolloutId,
      ...decision
    }: {
      rolloutId: string;
      decision: 'approved' | 'rejected';
      comment?: string;
    },
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<RolloutApproval>(
      `${pathOf(rolloutId)}/approval`,
      decision,
      options,
    );
  }

  getDelivery(request: { entityRef: string }, options?: ApiRequestOptions) {
    return this.#api.get<EntityDelivery>('/delivery', { ...request }, options);
  }

  overrideGates(
    request: {
      entityRef: string;
      environment: string;
      reason: string;
      minutes: number;
    },
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<GateOverride>('/gate-overrides', request, options);
  }

  #act(
    action: 'pause' | 'resume' | 'promote' | 'abort',
    { id, comment }: RolloutActionRequest,
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<Rollout>(
      `${pathOf(id)}/${action}`,
      { comment },
      options,
    );
  }
}

function pathOf(id: string): string {
  return `/rollouts/${encodeURIComponent(id)}`;
}
