import type { DeploymentState } from '@forkyard/plugin-deployments-common';

/** Names of the tables of this plugin. */
export const TRACKED_ENTITIES = 'tracked_entities';
export const DEPLOYMENTS = 'deployments';
export const ENVIRONMENTS = 'environments';
export const LIVE_DEPLOYMENTS = 'live_deployments';
export const WEBHOOK_EVENTS = 'webhook_events';
/** What `forkyard.yaml` of each entity says. */
export const DELIVERY_FILES = 'delivery_files';
/** Commits that were deployed to an environment because they were pushed. */
export const DELIVERY_DEPLOYMENTS = 'delivery_deployments';

export interface DbTrackedEntityRow {
  entity_ref: string;
  provider: string;
  entity_etag: string | null;
  project_id: string | null;
  team_id: string | null;
  due_at: Date;
  lease_id: string | null;
  requested_generation: string;
  claimed_generation: string;
  last_success_at: Date | null;
  last_error: string | null;
  failure_count: number;
}

export interface DbDeploymentRow {
  entity_ref: string;
  id: string;
  provider: string;
  external_id: string;
  project_id: string;
  team_id: string | null;
  environment: string;
  state: DeploymentState;
  live: boolean;
  live_since: Date | null;
  url: string | null;
  commit_sha: string | null;
  commit_message: string | null;
  commit_author: string | null;
  commit_ref: string | null;
  commit_url: string | null;
  creator: string | null;
  created_at: Date;
  building_at: Date | null;
  ready_at: Date | null;
  error_message: string | null;
  inspector_url: string | null;
  observed_at: Date;
}

export interface DbEnvironmentRow {
  entity_ref: string;
  environment: string;
  live_deployment_id: string | null;
  aliases: string[];
  pinned: { since?: string; description?: string } | null;
  observed_at: Date;
}
