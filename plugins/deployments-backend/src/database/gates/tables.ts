import type {
  DeploymentCommit,
  RolloutApproval,
  RolloutGate,
} from '@forkyard/plugin-deployments-common';

/** Names of the tables of the gates. */
export const ROLLOUT_APPROVALS = 'rollout_approvals';
export const GATE_RESULTS = 'gate_results';
export const GATE_OVERRIDES = 'gate_overrides';
export const GATE_REPORTS = 'gate_reports';

export interface DbRolloutApprovalRow {
  id: string;
  rollout_id: string;
  entity_ref: string;
  environment: string;
  /** -1 before any traffic. */
  stage_index: number;
  state: RolloutApproval['state'];
  requested_by: string;
  commit: DeploymentCommit | null;
  requested_at: Date;
  expires_at: Date;
  notified_at: Date | null;
  forwarded_at: Date | null;
  forward_after: Date | null;
  decided_by: string | null;
  decided_at: Date | null;
  comment: string | null;
  note: string | null;
}

export interface DbGateResultRow {
  rollout_id: string;
  gate: RolloutGate['gate'];
  state: RolloutGate['state'];
  reason: string;
  /** What may be told outside; null when the reason may. */
  public_reason: string | null;
  url: string | null;
  /** What it was compared with. */
  subject: string | null;
  checked_at: Date;
  attempts: number;
  reported: string | null;
  report_after: Date | null;
}

export interface DbGateOverrideRow {
  id: string;
  entity_ref: string;
  environment: string;
  reason: string;
  created_by: string;
  created_at: Date;
  expires_at: Date;
}

export interface DbGateReportRow {
  rollout_id: string;
  checks: string | null;
  due_at: Date;
  settled_at: Date | null;
}
