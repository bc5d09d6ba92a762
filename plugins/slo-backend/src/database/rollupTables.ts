/** Names of the tables of ingest that are read and written through knex. */
export const ROLLUP_HOURS = 'rollup_hours';
export const DRAINED_PROJECTS = 'drained_projects';
export const DRAIN_REJECTIONS = 'drain_rejections';
export const DRAIN_SECRETS = 'drain_secrets';

export interface DbRollupRow {
  project_id: string;
  at: Date;
  deployment_id: string;
  environment: string;
  requests: number;
  errors: number;
  durations: number;
  sketch: Buffer | null;
}

export interface DbProgressRow {
  complete_before: Date;
  forgotten_until: Date;
}

export interface DbDrainedProjectRow {
  project_id: string;
  last_request_at: Date | null;
  last_duration_at: Date | null;
}

export interface DbDrainSecretRow {
  kind: string;
  endpoint: string;
  secret_jwe: string;
}
