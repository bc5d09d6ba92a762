import type {
  Alert,
  AlertDetails,
  AlertsSummary,
  ListAlertsRequest,
} from '@forkyard/plugin-incidents-common';
import type { CallOptions } from './RunbookService';

/** The operations on alerts, whoever calls. */
export interface AlertService {
  listAlerts(
    request: ListAlertsRequest,
    options: CallOptions,
  ): Promise<{ items: Alert[]; nextCursor?: string }>;
  /** Throws `NotFoundError`. */
  getAlert(
    request: { id: string },
    options: CallOptions,
  ): Promise<AlertDetails>;
  acknowledgeAlert(
    request: { id: string },
    options: CallOptions,
  ): Promise<AlertDetails>;
  resolveAlert(
    request: { id: string; comment: string },
    options: CallOptions,
  ): Promise<AlertDetails>;
  listSummaries(
    request: { cursor?: string; limit?: number },
    options: CallOptions,
  ): Promise<{ items: AlertsSummary[]; cursor: string; hasMore: boolean }>;
}
