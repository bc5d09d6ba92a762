import type {
  FindingReport,
  FindingSource,
  FindingState,
  MergedReport,
  SourceCondition,
} from '@forkyard/plugin-security-findings-common';

/** Names of the tables of this plugin. */
export const TRACKED_ENTITIES = 'tracked_entities';
export const SCANS = 'scans';
export const SIGHTINGS = 'sightings';
export const FINDINGS = 'findings';
export const FINDINGS_SUMMARIES = 'findings_summaries';

export interface DbTrackedEntityRow {
  entity_ref: string;
  repository: string | null;
  refusal: string | null;
}

export interface DbScanRow {
  entity_ref: string;
  source: FindingSource;
  category: string;
  condition: SourceCondition;
  reason: string | null;
  as_of: Date | null;
  version: string | null;
  doubted_version: string | null;
  due_at: Date | null;
  lease_id: string | null;
  requested_generation: string;
  claimed_generation: string;
  failure_count: number;
}

export interface DbSightingRow {
  entity_ref: string;
  source: FindingSource;
  category: string;
  fingerprint: string;
  content_hash: string;
  report: FindingReport;
}

export interface DbFindingRow {
  id: string;
  entity_ref: string;
  fingerprint: string;
  state: FindingState;
  severity_rank: number;
  first_seen_at: Date;
  last_seen_at: Date;
  fixed_at: Date | null;
  sources: FindingSource[];
  report: MergedReport;
  search_text: string;
  waiver_reason: string | null;
  waived_by: string | null;
  waived_at: Date | null;
  waiver_expires_at: Date | null;
}
