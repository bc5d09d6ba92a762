import type {
  DeploymentCommit,
  RolloutGate,
  RolloutPlan,
  RolloutState,
  RolloutTraffic,
  Verdict,
} from '@forkyard/plugin-deployments-common';
import type { RolloutProgress } from './RolloutStore';

/** Names of the tables of rollouts. */
export const ROLLOUTS = 'rollouts';
export const ROLLOUT_TRANSITIONS = 'rollout_transitions';
export const ROLLOUT_POINTS = 'rollout_points';
export const STAGED_PROJECTS = 'staged_projects';
export const DEPLOYMENT_REQUESTS = 'deployment_requests';

export interface DbRolloutRow {
  id: string;
  entity_ref: string;
  environment: string;
  provider: string;
  project_id: string;
  team_id: string | null;
  deployment_id: string;
  deployment_created_at: Date;
  commit: DeploymentCommit | null;
  stable_deployment_id: string | null;
  stable_commit: DeploymentCommit | null;
  plan: RolloutPlan;
  by_person: boolean;
  state: RolloutState;
  reason: string;
  percent: number;
  stage_index: number | null;
  stage_started_at: Date | null;
  verdict: Verdict | null;
  verdict_state: unknown;
  gates: RolloutGate[];
  progress: RolloutProgress;
  revision: string;
  created_by: string;
  created_at: Date;
  ended_at: Date | null;
  due_at: Date;
  lease_id: string | null;
  requested_generation: string;
  claimed_generation: string;
  failure_count: number;
}

export interface DbRolloutTransitionRow {
  id: string;
  rollout_id: string;
  at: Date;
  from_state: RolloutState | null;
  to_state: RolloutState;
  percent: number;
  actor: string;
  reason: string;
  comment: string | null;
  verdict: Verdict | null;
  gates: RolloutGate[] | null;
}

export interface DbRolloutPointRow {
  id: string;
  rollout_id: string;
  at: Date;
  percent: number;
  canary: RolloutTraffic;
  stable: RolloutTraffic;
  harm_progress: number;
  good_progress: number;
}
