import { MetadataMigration } from '../../store';

/** What git cannot hold: who owns a repository, its settings, pull requests, hooks, security alerts. */
export const githubMigrations: MetadataMigration[] = [
  {
    name: '1-accounts-and-repositories',
    up: `
      CREATE TABLE github_accounts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        login TEXT NOT NULL UNIQUE COLLATE NOCASE,
        type TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE TABLE github_repositories (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        owner_id INTEGER NOT NULL REFERENCES github_accounts (id),
        name TEXT NOT NULL COLLATE NOCASE,
        default_branch TEXT NOT NULL,
        private INTEGER NOT NULL,
        archived INTEGER NOT NULL,
        is_template INTEGER NOT NULL,
        parent_id INTEGER REFERENCES github_repositories (id) ON DELETE SET NULL,
        template_id INTEGER REFERENCES github_repositories (id) ON DELETE SET NULL,
        settings TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        pushed_at TEXT,
        size_kilobytes INTEGER NOT NULL,
        UNIQUE (owner_id, name)
      ) STRICT;
      CREATE INDEX github_repositories_parent ON github_repositories (parent_id);
      CREATE TABLE github_refs (
        repository_id INTEGER NOT NULL REFERENCES github_repositories (id) ON DELETE CASCADE,
        ref TEXT NOT NULL,
        sha TEXT NOT NULL,
        PRIMARY KEY (repository_id, ref)
      ) STRICT;
      CREATE TABLE github_documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        scope TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL COLLATE NOCASE,
        body TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        UNIQUE (scope, kind, name)
      ) STRICT;
    `,
  },
  {
    name: '2-security-alerts',
    up: `
      CREATE TABLE github_alerts (
        repository_id INTEGER NOT NULL REFERENCES github_repositories (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        number INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        state TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        fixed_at TEXT,
        closure TEXT,
        PRIMARY KEY (repository_id, kind, number),
        UNIQUE (repository_id, kind, fingerprint)
      ) STRICT;
      CREATE TABLE github_sarifs (
        id TEXT PRIMARY KEY,
        repository_id INTEGER NOT NULL REFERENCES github_repositories (id) ON DELETE CASCADE,
        status TEXT NOT NULL,
        upload TEXT NOT NULL,
        content BLOB,
        errors TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX github_sarifs_pending ON github_sarifs (created_at) WHERE status = 'pending';
      CREATE TABLE github_analyses (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        repository_id INTEGER NOT NULL REFERENCES github_repositories (id) ON DELETE CASCADE,
        sarif_id TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX github_analyses_repository ON github_analyses (repository_id, id);
      CREATE TABLE github_scans (
        repository_id INTEGER PRIMARY KEY REFERENCES github_repositories (id) ON DELETE CASCADE,
        requested INTEGER NOT NULL,
        done INTEGER NOT NULL,
        login TEXT NOT NULL,
        advisories TEXT NOT NULL,
        scanned_heads TEXT NOT NULL
      ) STRICT;
      CREATE TABLE github_blob_secrets (
        sha TEXT NOT NULL,
        path TEXT NOT NULL,
        secrets TEXT NOT NULL,
        PRIMARY KEY (sha, path)
      ) STRICT;
    `,
  },
];
