import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
  type ChangePage,
  type Page,
} from '@forkyard/api-client';
import type {
  EntityFindingsSummary,
  Finding,
  FindingsSummary,
  ListFindingsRequest,
  SarifUploadRequest,
  SarifUploadResult,
} from './types';

/** A page of findings. @public */
export type FindingsPage = Page<Finding>;

/** A page of the feed of summaries. @public */
export type FindingsSummariesPage = ChangePage<FindingsSummary>;

/**
 * The REST API of security-findings-backend. Methods throw `ResponseError`.
 *
 * @public
 */
export interface SecurityFindingsApi {
  /** Lists worst first, then the overdue, then the oldest. */
  listFindings(
    request: ListFindingsRequest,
    options?: ApiRequestOptions,
  ): Promise<FindingsPage>;
  getFinding(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Finding>;
  /** Counts, and what is known of each source. */
  getSummary(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntityFindingsSummary>;
  /** Replaces an earlier waiver of the finding. See `findWaiverFaults`. */
  waiveFinding(
    request: { id: string; reason: string; expiresAt: string },
    options?: ApiRequestOptions,
  ): Promise<Finding>;
  unwaiveFinding(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<Finding>;
  uploadSarif(
    request: SarifUploadRequest,
    options?: ApiRequestOptions,
  ): Promise<SarifUploadResult>;
  /**
   * Looks at every source now, and takes what each tells for true even when it
   * is far less than before.
   */
  refreshEntity(
    request: { entityRef: string },
    options?: ApiRequestOptions,
  ): Promise<EntityFindingsSummary>;
  /** For other backends only: every entity once, by the order of changes. */
  listSummaries(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ): Promise<FindingsSummariesPage>;
}

/**
 * Speaks to security-findings-backend over HTTP, from the browser and from
 * backends.
 *
 * @public
 */
export class SecurityFindingsClient implements SecurityFindingsApi {
  readonly #api: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#api = new PluginApiClient('security-findings', options);
  }

  listFindings(request: ListFindingsRequest, options?: ApiRequestOptions) {
    return this.#api.get<FindingsPage>(
      '/findings',
      {
        entityRef: request.entityRef,
        state: request.states,
        severity: request.severities,
        source: request.sources,
        overdue: request.overdue ? true : undefined,
        search: request.search,
        cursor: request.cursor,
        limit: request.limit,
      },
      options,
    );
  }

  getFinding(request: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<Finding>(path(request), undefined, options);
  }

  getSummary(request: { entityRef: string }, options?: ApiRequestOptions) {
    const { entityRef } = request;
    return this.#api.get<EntityFindingsSummary>(
      '/summary',
      { entityRef },
      options,
    );
  }

  waiveFinding(
    request: { id: string; reason: string; expiresAt: string },
    options?: ApiRequestOptions,
  ) {
    const { reason, expiresAt } = request;
    return this.#api.put<Finding>(
      `${path(request)}/waiver`,
      { reason, expiresAt },
      options,
    );
  }

  unwaiveFinding(request: { id: string }, options?: ApiRequestOptions) {
    return this.#api.delete<Finding>(`${path(request)}/waiver`, options);
  }

  uploadSarif(request: SarifUploadRequest, options?: ApiRequestOptions) {
    const { entityRef, category, report, commit, confirm } = request;
    const query = new URLSearchParams({ entityRef, category });
    if (commit) query.set('commit', commit);
    if (confirm) query.set('confirm', 'true');
    return this.#api.post<SarifUploadResult>(
      `/reports/sarif?${query}`,
      report,
      options,
    );
  }

  refreshEntity(request: { entityRef: string }, options?: ApiRequestOptions) {
    const { entityRef } = request;
    return this.#api.post<EntityFindingsSummary>(
      '/refresh',
      { entityRef },
      options,
    );
  }

  listSummaries(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ) {
    const { cursor, limit } = request;
    return this.#api.get<FindingsSummariesPage>(
      '/summaries',
      { cursor, limit },
      options,
    );
  }
}

function path({ id }: { id: string }): string {
  return `/findings/${encodeURIComponent(id)}`;
}
