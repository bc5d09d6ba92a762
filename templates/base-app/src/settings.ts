/** Everything the environment decides. No other file reads `process.env`. */
export interface Settings {
  title: string;
  /** Short name of what runs, the commit where the platform tells it. */
  version: string;
  environment: string;
  /** Whether the platform in front says where a request came from. */
  hasForwardedAddress: boolean;
  /** PostgreSQL; without it the pages that keep data say so. */
  postgresUrl?: string;
  /** Redis; without it counters live in this process. */
  kvUrl?: string;
  sentryDsn?: string;
  /** When set, `/metrics` asks for it as a bearer token. */
  metricsToken?: string;
  startingTokens: number;
  model?: ModelSettings;
  /** Most connections of one process to PostgreSQL. */
  postgresConnections: number;
}

/** A service that speaks the OpenAI chat protocol. */
export interface ModelSettings {
  url: string;
  name: string;
  apiKey?: string;
}

/**
 * Reads the settings.
 *
 * @throws Error that names the variable that is wrong and what it should be.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    title: env.APP_TITLE || titleFrom(env.VERCEL_GIT_REPO_SLUG) || 'Base app',
    version: env.VERCEL_GIT_COMMIT_SHA?.slice(0, 7) || 'development',
    environment: env.VERCEL_ENV || 'development',
    hasForwardedAddress: Boolean(env.VERCEL),
    postgresUrl: readUrl(env, 'POSTGRES_URL', ['postgres:', 'postgresql:']),
    kvUrl: readUrl(env, 'KV_URL', ['redis:', 'rediss:']),
    sentryDsn: readUrl(env, 'SENTRY_DSN', ['http:', 'https:']),
    metricsToken: env.METRICS_TOKEN || undefined,
    startingTokens: readInteger(env, 'STARTING_TOKENS', 100),
    model: readModel(env),
    postgresConnections: readInteger(env, 'POSTGRES_CONNECTIONS', 5),
  };
}

function readModel(env: NodeJS.ProcessEnv): ModelSettings | undefined {
  const url = readUrl(env, 'MODEL_API_URL', ['http:', 'https:']);
  if (!url) {
    return undefined;
  }
  if (!env.MODEL_NAME) {
    throw new Error(
      'MODEL_API_URL is set, but MODEL_NAME is not; name the model to use',
    );
  }
  return { url, name: env.MODEL_NAME, apiKey: env.MODEL_API_KEY || undefined };
}

function readUrl(
  env: NodeJS.ProcessEnv,
  name: string,
  protocols: string[],
): string | undefined {
  const value = env[name];
  if (!value) {
    return undefined;
  }
  // The value may hold a password, so the message does not repeat it.
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Error(
      `${name} is not an address that begins with ${protocols.join('// or ')}//`,
    );
  }
  return value;
}

function readInteger(
  env: NodeJS.ProcessEnv,
  name: string,
  otherwise: number,
): number {
  const value = env[name];
  if (!value) {
    return otherwise;
  }
  if (!/^\d{1,9}$/.test(value)) {
    throw new Error(`${name} is '${value}', which is not a whole number`);
  }
  return Number(value);
}

/** Makes `image-studio` read `Image studio`. */
function titleFrom(slug: string | undefined): string | undefined {
  const words = slug?.replaceAll(/[-_.]+/g, ' ').trim();
  return words && words[0]?.toUpperCase() + words.slice(1);
}
