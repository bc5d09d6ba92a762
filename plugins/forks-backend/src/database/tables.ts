import type {
  EnvironmentTarget,
  ForkLifecycle,
  ForkRequest,
  ForkVitals,
  ProvisionedResource,
  ProvisioningLogLine,
  ProvisioningState,
  SloTier,
  Status,
  StepError,
  StepId,
  StepState,
} from '@forkyard/plugin-forks-common';

export const FORKS_TABLE = 'forks';
export const PROVISIONINGS_TABLE = 'provisionings';
export const STEPS_TABLE = 'provisioning_steps';
export const LOG_LINES_TABLE = 'provisioning_log_lines';
export const VITALS_CURSORS_TABLE = 'vitals_cursors';
export const SEALED_SECRETS_TABLE = 'sealed_secrets';

export interface DbForkRow {
  name: string;
  title: string;
  description: string;
  entity_ref: string;
  owner: string;
  system: string | null;
  lifecycle: ForkLifecycle;
  status: Status;
  status_rank: number;
  status_reason: string;
  status_since: Date;
  base_repository: string;
  base_sha: string;
  repository_url: string | null;
  production_url: string | null;
  project_id: string | null;
  slo_tier: SloTier;
  /** `numeric`, which the driver gives as a string. */
  monthly_budget_usd: string;
  live_deployment_id: string | null;
  live_sha: string | null;
  live_message: string | null;
  live_author: string | null;
  live_since: Date | null;
  live_order: Date;
  vitals: ForkVitals;
  /** Changes of the live version by day in UTC. */
  deploys_by_day: Record<string, number>;
  deployed_status: Status | null;
  deployed_reason: string | null;
  budget_order: number;
  budget_state: string;
  cost_order: number;
  cost_state: string;
  criticals_order: number;
  findings_state: string;
  alerts_order: number;
  projected_at: Date | null;
  provisioning_id: string;
  created_at: Date;
  created_by: string;
}

export interface DbProvisioningRow {
  id: string;
  fork_name: string;
  owner: string;
  created_by: string;
  idempotency_key: string | null;
  request_hash: string;
  request: ForkRequest;
  base_repository: string;
  base_sha: string;
  state: ProvisioningState;
  through: StepId;
  on_failure: 'keep' | 'unwind';
  due_at: Date | null;
  lease_id: string | null;
  requested_generation: number;
  retries: number;
  last_sequence: number;
  created_at: Date;
  updated_at: Date;
}

export interface DbStepRow {
  provisioning_id: string;
  step_id: StepId;
  position: number;
  state: StepState;
  attempts: number;
  started_at: Date | null;
  finished_at: Date | null;
  intent: ProvisionedResource[];
  resources: ProvisionedResource[];
  facts: Record<string, string>;
  undo: UndoOperation[];
  error: StepError | null;
}

/** One thing to do to undo a step, readable by people and by the step. */
export interface UndoOperation {
  operation: 'delete' | 'disconnect' | 'unregister';
  kind: string;
  name: string;
  externalId?: string;
}

export interface DbLogLineRow {
  provisioning_id: string;
  sequence: number;
  at: Date;
  step_id: StepId;
  level: ProvisioningLogLine['level'];
  message: string;
}

export interface DbSealedSecretRow {
  ref: string;
  jwe: string;
  owner_ref: string;
  provisioning_id: string | null;
  created_at: Date;
  expires_at: Date;
}

/** A secret with its value, never kept and never logged. */
export interface OpenedSecret {
  key: string;
  value: string;
  targets: EnvironmentTarget[];
}

export interface DbVitalsCursorRow {
  part: string;
  cursor: string | null;
  read_whole_at: Date | null;
}
