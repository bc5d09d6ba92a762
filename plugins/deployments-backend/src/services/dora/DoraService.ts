import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  DeliveryChange,
  DoraReport,
  DoraScope,
  GetDoraReportRequest,
  ListDeliveryChangesRequest,
} from '@forkyard/plugin-deployments-common';

/** On whose behalf something is asked for. */
export interface DoraServiceOptions {
  credentials: BackstageCredentials;
}

/** Entities to answer of, when that was decided already. */
interface Chosen {
  entityRefs?: string[];
}

/** Tells how well is delivered, and by which deployments. */
export interface DoraService {
  /**
   * Gives the entities of a scope that deliver to production. Throws
   * `NotFoundError` when the owner or the system is not there, and `InputError`
   * when there are too many.
   */
  listEntities(
    scope: DoraScope,
    options: DoraServiceOptions,
  ): Promise<string[]>;
  getReport(
    request: GetDoraReportRequest & Chosen,
    options: DoraServiceOptions,
  ): Promise<DoraReport>;
  listChanges(
    request: ListDeliveryChangesRequest & Chosen,
    options: DoraServiceOptions,
  ): Promise<{ items: DeliveryChange[]; nextCursor?: string }>;
}
