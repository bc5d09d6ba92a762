/** One change of the schema. Never edit one that has been released; add another. */
export interface Migration {
  id: string;
  sql: string;
}

export const migrations: readonly Migration[] = [
  {
    id: '0001_accounts',
    sql: `
      create table users (
        id uuid primary key default gen_random_uuid(),
        email text not null unique check (email = lower(email)),
        password_hash text not null,
        created_at timestamptz not null default now()
      );
      comment on table users is 'People who signed up';
      comment on column users.password_hash is 'Argon2id, with its parameters';

      create table sessions (
        token_hash bytea primary key,
        user_id uuid not null references users (id) on delete cascade,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      );
      comment on table sessions is 'Who is signed in where';
      comment on column sessions.token_hash is
        'SHA-256 of the cookie, so that this table opens no session';
      create index sessions_user_id on sessions (user_id);
      create index sessions_expires_at on sessions (expires_at);
    `,
  },
  {
    id: '0002_tokens',
    sql: `
      create table user_tokens (
        user_id uuid primary key references users (id) on delete cascade,
        balance integer not null check (balance >= 0),
        updated_at timestamptz not null default now()
      );
      comment on table user_tokens is 'What each user may still spend';

      create table usage_logs (
        id bigint generated always as identity primary key,
        user_id uuid not null references users (id) on delete cascade,
        action text not null,
        provider text not null,
        state text not null default 'pending'
          check (state in ('pending', 'succeeded', 'failed')),
        tokens integer not null check (tokens >= 0),
        input_bytes integer not null check (input_bytes >= 0),
        duration_ms integer,
        created_at timestamptz not null default now(),
        finished_at timestamptz
      );
      comment on table usage_logs is
        'What was asked of the AI and what it cost, never what was in it';
      comment on column usage_logs.state is
        'pending: tokens are taken and the answer is awaited; failed: they were given back';
      create index usage_logs_user_id on usage_logs (user_id, id desc);
      create index usage_logs_pending on usage_logs (created_at)
        where state = 'pending';
    `,
  },
];
