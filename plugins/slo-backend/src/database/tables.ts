import type {
  AlertEvidence,
  Slo,
  SloAlert,
  SloFileProblem,
} from '@forkyard/plugin-slo-common';
import type { SloDefinition } from '../openslo/SloDefinition';

export const SLO_ENTITIES = 'slo_entities';
export const SLO_PROJECTS = 'slo_projects';
export const SLO_ALERTS = 'slo_alerts';
export const SLO_SUMMARIES = 'slo_summaries';

export interface DbSloEntityRow {
  entity_ref: string;
  file_url: string;
  file_path: string;
  file_etag: string | null;
  file_due_at: Date;
  file_error: string | null;
  definitions: SloDefinition[];
  problems: SloFileProblem[];
  evaluation: string;
  evaluation_due_at: Date;
  evaluated_at: Date | null;
  slos: Slo[];
  source_error: string | null;
}

export interface DbSloProjectRow {
  project_id: string;
  entity_ref: string;
  seen_at: Date;
}

export interface DbSloAlertRow {
  id: string;
  key: string;
  entity_ref: string;
  slo: string;
  slo_id: string | null;
  severity: SloAlert['severity'];
  state: SloAlert['state'];
  source: SloAlert['source'];
  starts_at: Date;
  ends_at: Date | null;
  summary: string;
  runbook: string | null;
  evidence: AlertEvidence | null;
}
