import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  EntityFindingsSummary,
  Finding,
  FindingsPage,
  FindingsSummariesPage,
  ListFindingsRequest,
  SarifUploadResult,
} from '@forkyard/plugin-security-findings-common';
import type { SarifReport } from '../reports/readSarif';

/** Who asks. */
export interface FindingsServiceOptions {
  credentials: BackstageCredentials;
}

/** A report and what it is about. */
export interface UploadReportRequest {
  entityRef: string;
  category: string;
  commit?: string;
  confirm?: boolean;
  /** Reads the report; called only once the upload is allowed. */
  read(): Promise<SarifReport>;
}

/**
 * What can be asked about findings, whoever asks and however.
 */
export interface FindingsService {
  listFindings(
    request: ListFindingsRequest,
    options: FindingsServiceOptions,
  ): Promise<FindingsPage>;
  getFinding(
    request: { id: string },
    options: FindingsServiceOptions,
  ): Promise<Finding>;
  getSummary(
    request: { entityRef: string },
    options: FindingsServiceOptions,
  ): Promise<EntityFindingsSummary>;
  waiveFinding(
    request: { id: string; reason: string; expiresAt: string },
    options: FindingsServiceOptions,
  ): Promise<Finding>;
  unwaiveFinding(
    request: { id: string },
    options: FindingsServiceOptions,
  ): Promise<Finding>;
  uploadReport(
    request: UploadReportRequest,
    options: FindingsServiceOptions,
  ): Promise<SarifUploadResult>;
  refreshEntity(
    request: { entityRef: string },
    options: FindingsServiceOptions,
  ): Promise<EntityFindingsSummary>;
  /** Of all entities; for other backends only. */
  listSummaries(
    request: { cursor?: string; limit?: number },
    options: FindingsServiceOptions,
  ): Promise<FindingsSummariesPage>;
}
