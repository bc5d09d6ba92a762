import type { BackstageCredentials } from '@backstage/backend-plugin-api';
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
} from '@forkyard/plugin-slo-common';

export interface SloServiceOptions {
  credentials: BackstageCredentials;
}

/** What the REST API and the actions offer. */
export interface SloService {
  /** An entity without an OpenSLO file has no SLOs. */
  listSlos(
    request: { entityRef: string },
    options: SloServiceOptions,
  ): Promise<EntitySlos>;
  /** Throws `NotFoundError` when the entity has no such SLO. */
  getBudget(
    request: { entityRef: string; name: string },
    options: SloServiceOptions,
  ): Promise<BudgetSeries>;
  getTraffic(
    request: TrafficRequest,
    options: SloServiceOptions,
  ): Promise<TrafficSeries>;
  getCounts(
    request: CountsRequest,
    options: SloServiceOptions,
  ): Promise<CountsResponse>;
  listAlerts(
    request: ListAlertsRequest,
    options: SloServiceOptions,
  ): Promise<{ items: SloAlert[]; nextCursor?: string }>;
  listSummaries(
    request: { cursor?: string; limit: number },
    options: SloServiceOptions,
  ): Promise<{ items: SloSummary[]; cursor: string; hasMore: boolean }>;
  /** Reads the OpenSLO file now. */
  refresh(
    request: { entityRef: string },
    options: SloServiceOptions,
  ): Promise<EntitySlos>;
}
