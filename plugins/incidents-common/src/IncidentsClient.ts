import {
  PluginApiClient,
  type ApiClientOptions,
  type ApiRequestOptions,
  type ChangePage,
  type Page,
} from '@forkyard/api-client';
import type {
  ContinueRunRequest,
  EntityRunbooks,
  ListRunsRequest,
  Runbook,
  RunbookRun,
  RunbookRunDetails,
  StartRunRequest,
} from './runbookTypes';
import type {
  Alert,
  AlertDetails,
  AlertsSummary,
  ListAlertsRequest,
} from './types';

/**
 * The REST API of incidents-backend. Methods throw `ResponseError`.
 *
 * @public
 */
export interface IncidentsApi {
  /** Newest first; without an entity, those of all that the caller may see. */
  listAlerts(
    request: ListAlertsRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<Alert>>;
  getAlert(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<AlertDetails>;
  /** Says that somebody looks at it. Doing so twice changes nothing. */
  acknowledgeAlert(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<AlertDetails>;
  /**
   * Ends an alert by hand. It comes back when its source tells of a new
   * beginning, or had resolved it and tells of it again.
   */
  resolveAlert(
    request: { id: string; comment: string },
    options?: ApiRequestOptions,
  ): Promise<AlertDetails>;
  listRunbooks(
    request: { entityRef: string; refresh?: boolean },
    options?: ApiRequestOptions,
  ): Promise<EntityRunbooks>;
  getRunbook(
    request: { entityRef: string; path: string },
    options?: ApiRequestOptions,
  ): Promise<Runbook>;
  /** Answers 409 when the runbook has broken steps or changed meanwhile. */
  startRun(
    request: StartRunRequest,
    options?: ApiRequestOptions,
  ): Promise<RunbookRunDetails>;
  /**
   * Answers an `ask`, or does the `redeploy` or `rollback` that waits, with the
   * caller's own rights: 403 when they do not suffice, and nothing is done.
   */
  continueRun(
    request: ContinueRunRequest,
    options?: ApiRequestOptions,
  ): Promise<RunbookRunDetails>;
  cancelRun(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<RunbookRunDetails>;
  getRun(
    request: { id: string },
    options?: ApiRequestOptions,
  ): Promise<RunbookRunDetails>;
  /** Newest first. */
  listRuns(
    request: ListRunsRequest,
    options?: ApiRequestOptions,
  ): Promise<Page<RunbookRun>>;
}

/**
 * Speaks to incidents-backend over HTTP, from the browser and from backends.
 *
 * @public
 */
export class IncidentsClient implements IncidentsApi {
  readonly #api: PluginApiClient;

  constructor(options: ApiClientOptions) {
    this.#api = new PluginApiClient('incidents', options);
  }

  listAlerts(
    { owners, states, ...rest }: ListAlertsRequest,
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<Page<Alert>>(
      '/alerts',
      { ...rest, owner: owners, state: states },
      options,
    );
  }

  getAlert({ id }: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<AlertDetails>(`/alerts/${encode(id)}`, {}, options);
  }

  acknowledgeAlert({ id }: { id: string }, options?: ApiRequestOptions) {
    return this.#api.post<AlertDetails>(
      `/alerts/${encode(id)}/acknowledge`,
      undefined,
      options,
    );
  }

  resolveAlert(
    { id, comment }: { id: string; comment: string },
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<AlertDetails>(
      `/alerts/${encode(id)}/resolve`,
      { comment },
      options,
    );
  }

  listRunbooks(
    request: { entityRef: string; refresh?: boolean },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<EntityRunbooks>('/runbooks', request, options);
  }

  getRunbook(
    request: { entityRef: string; path: string },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<Runbook>('/runbook', request, options);
  }

  startRun(request: StartRunRequest, options?: ApiRequestOptions) {
    return this.#api.post<RunbookRunDetails>('/runs', request, options);
  }

  continueRun(
    { id, stepIndex, answer }: ContinueRunRequest,
    options?: ApiRequestOptions,
  ) {
    return this.#api.post<RunbookRunDetails>(
      `/runs/${encode(id)}/steps/${stepIndex}/continue`,
      { answer },
      options,
    );
  }

  cancelRun({ id }: { id: string }, options?: ApiRequestOptions) {
    return this.#api.post<RunbookRunDetails>(
      `/runs/${encode(id)}/cancel`,
      undefined,
      options,
    );
  }

  getRun({ id }: { id: string }, options?: ApiRequestOptions) {
    return this.#api.get<RunbookRunDetails>(`/runs/${encode(id)}`, {}, options);
  }

  listRuns({ states, ...rest }: ListRunsRequest, options?: ApiRequestOptions) {
    return this.#api.get<Page<RunbookRun>>(
      '/runs',
      { ...rest, state: states },
      options,
    );
  }

  /** One row for each entity, as it changed last; for other backends only. */
  listSummaries(
    request: { cursor?: string; limit?: number },
    options?: ApiRequestOptions,
  ) {
    return this.#api.get<ChangePage<AlertsSummary>>(
      '/summaries',
      request,
      options,
    );
  }
}

function encode(id: string): string {
  return encodeURIComponent(id);
}
