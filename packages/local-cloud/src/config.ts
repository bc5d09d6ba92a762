import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import type { RuntimeSettings } from './runtime/settings';
import type { VercelLimits } from './vercel/limits';

/** Names who a bearer token belongs to. */
export interface LocalCloudToken {
  token: string;
  login: string;
}

/** Says everything that a local-cloud needs to start. */
export interface LocalCloudConfig {
  /** The only folder in which anything is written. */
  dataDir: string;
  /** A loopback address; anything else is refused. */
  host: string;
  /** Ports of the three origins; 0 takes a free one. */
  ports: { github: number; vercel: number; gateway: number };
  /** Tokens that are accepted; both providers accept each of them. */
  tokens: LocalCloudToken[];
  /** Secrets with which webhooks are signed whose subscriber knows no secret of its own. */
  webhookSecrets: { vercel?: string };
  /** Administrative URL of the PostgreSQL server in which projects get databases. */
  postgresUrl?: string;
  /** Folder whose content seeds the repository `acme/base-app`. */
  baseAppDir?: string;
  /** Limits of builds and processes that differ from the usual ones. */
  runtime?: Partial<RuntimeSettings>;
  /** Limits of the Vercel team's plan that differ from the usual ones. */
  vercelLimits?: Partial<VercelLimits>;
  /** Length of a minute in the durations of rolling releases' stages; shorter in tests. */
  rollingReleaseMinuteMillis?: number;
}

/** Tells whether an address can only be reached from this machine. */
export function isLoopbackAddress(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}

function readPort(
  environment: NodeJS.ProcessEnv,
  key: string,
  fallback: number,
): number {
  const value = environment[key];
  if (value === undefined || value === '') {
    return fallback;
  }
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(
      `${key} is '${value}', which is not a port. Set a number from 0 to 65535, 0 for a free port.`,
    );
  }
  return port;
}

function readTokens(environment: NodeJS.ProcessEnv): LocalCloudToken[] {
  const tokens: LocalCloudToken[] = [];
  for (const [key, login] of [
    ['GITHUB_TOKEN', environment.FORKYARD_LOGIN ?? 'forkyard'],
    ['VERCEL_TOKEN', environment.FORKYARD_LOGIN ?? 'forkyard'],
  ]) {
    const token = environment[key];
    if (!token) {
      throw new Error(
        `${key} is not set. local-cloud accepts no unknown token, so give the one that the portal uses.`,
      );
    }
    if (!tokens.some(known => known.token === token)) {
      tokens.push({ token, login });
    }
  }
  return tokens;
}

/** Finds the base application of this checkout; undefined where local-cloud runs alone. */
export function findBaseAppDir(): string | undefined {
  const directory = path.resolve(__dirname, '../../../templates/base-app');
  return existsSync(directory) ? directory : undefined;
}

/** Reads the configuration from environment variables; the first wrong one stops the start. */
export function readLocalCloudConfig(
  environment: NodeJS.ProcessEnv = process.env,
): LocalCloudConfig {
  if (!environment.FORKYARD_DATA_DIR) {
    throw new Error(
      'FORKYARD_DATA_DIR is not set. Give the folder in which Forkyard keeps its data; local-cloud uses its sub-folder local-cloud.',
    );
  }
  return {
    dataDir: path.resolve(environment.FORKYARD_DATA_DIR, 'local-cloud'),
    host: environment.LOCAL_CLOUD_HOST || '127.0.0.1',
    ports: {
      github: readPort(environment, 'LOCAL_CLOUD_GITHUB_PORT', 4391),
      vercel: readPort(environment, 'LOCAL_CLOUD_VERCEL_PORT', 4392),
      gateway: readPort(environment, 'LOCAL_CLOUD_GATEWAY_PORT', 4393),
    },
    tokens: readTokens(environment),
    webhookSecrets: {
      vercel: environment.VERCEL_WEBHOOK_SECRET || undefined,
    },
    postgresUrl: environment.DATABASE_URL || undefined,
    baseAppDir: environment.LOCAL_CLOUD_BASE_APP_DIR
      ? path.resolve(environment.LOCAL_CLOUD_BASE_APP_DIR)
      : findBaseAppDir(),
  };
}
