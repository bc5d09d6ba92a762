import type { MetadataMigration } from '../../store';

export const vercelMigrations: MetadataMigration[] = [
  {
    name: '1-projects',
    up: `
      CREATE TABLE vercel_projects (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        repository TEXT,
        updated_at INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX vercel_projects_repository ON vercel_projects (repository);
      CREATE INDEX vercel_projects_updated ON vercel_projects (updated_at);

      CREATE TABLE vercel_env (
        id TEXT PRIMARY KEY,
        project_id TEXT NOT NULL REFERENCES vercel_projects ON DELETE CASCADE,
        key TEXT NOT NULL,
        sealed TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX vercel_env_project ON vercel_env (project_id, key);

      CREATE TABLE vercel_domains (
        name TEXT PRIMARY KEY,
        project_id TEXT NOT NULL REFERENCES vercel_projects ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX vercel_domains_project ON vercel_domains (project_id, created_at);

      CREATE TABLE vercel_deployments (
        id TEXT PRIMARY KEY,
        project_id TEXT NOT NULL REFERENCES vercel_projects ON DELETE CASCADE,
        label TEXT NOT NULL UNIQUE,
        target TEXT,
        state TEXT NOT NULL,
        sha TEXT,
        branch TEXT,
        created_at INTEGER NOT NULL,
        sealed TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX vercel_deployments_project ON vercel_deployments (project_id, created_at);
      CREATE INDEX vercel_deployments_created ON vercel_deployments (created_at);
      CREATE INDEX vercel_deployments_state ON vercel_deployments (state) WHERE state IN ('QUEUED', 'BUILDING');

      CREATE TABLE vercel_aliases (
        host TEXT PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        project_id TEXT NOT NULL REFERENCES vercel_projects ON DELETE CASCADE,
        deployment_id TEXT NOT NULL REFERENCES vercel_deployments ON DELETE CASCADE,
        redirect TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX vercel_aliases_created ON vercel_aliases (created_at);
      CREATE INDEX vercel_aliases_deployment ON vercel_aliases (deployment_id);
      CREATE INDEX vercel_aliases_project ON vercel_aliases (project_id);

      CREATE TABLE vercel_build_events (
        deployment_id TEXT NOT NULL REFERENCES vercel_deployments ON DELETE CASCADE,
        sequence INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        type TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (deployment_id, sequence)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE vercel_runtime_logs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deployment_id TEXT NOT NULL REFERENCES vercel_deployments ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        stream TEXT NOT NULL,
        text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX vercel_runtime_logs_deployment ON vercel_runtime_logs (deployment_id, id);

      CREATE TABLE vercel_webhooks (
        id TEXT PRIMARY KEY,
        sealed TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;

      CREATE TABLE vercel_resources (
        id TEXT PRIMARY KEY,
        external_id TEXT NOT NULL UNIQUE,
        sealed TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: '2-drains',
    up: `
      CREATE TABLE vercel_drains (
        id TEXT PRIMARY KEY,
        sealed TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;

      CREATE TABLE vercel_drain_batches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        drain_id TEXT NOT NULL REFERENCES vercel_drains ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        body BLOB NOT NULL
      ) STRICT;
      CREATE INDEX vercel_drain_batches_drain ON vercel_drain_batches (drain_id, id);
    `,
  },
  {
    name: '3-usage',
    up: `
      CREATE TABLE vercel_usage (
        day TEXT NOT NULL,
        project_id TEXT NOT NULL,
        meter TEXT NOT NULL,
        project_name TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        PRIMARY KEY (day, project_id, meter)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: '4-checks',
    up: `
      CREATE TABLE vercel_checks (
        id TEXT PRIMARY KEY,
        project_id TEXT NOT NULL REFERENCES vercel_projects ON DELETE CASCADE,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX vercel_checks_project ON vercel_checks (project_id);

      CREATE TABLE vercel_check_runs (
        id TEXT PRIMARY KEY,
        deployment_id TEXT NOT NULL REFERENCES vercel_deployments ON DELETE CASCADE,
        check_id TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX vercel_check_runs_deployment ON vercel_check_runs (deployment_id);
      CREATE INDEX vercel_check_runs_check ON vercel_check_runs (check_id);
    `,
  },
];
