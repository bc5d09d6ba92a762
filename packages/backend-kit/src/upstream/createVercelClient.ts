import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { VercelCore } from '@vercel/sdk/core.js';
import type { UpstreamLimits } from './callUpstream';

/**
 * The `vercel` section of the configuration.
 */
export interface VercelOptions {
  token: string;
  /** Without a trailing slash. */
  apiBaseUrl: string;
  teamId?: string;
}

/**
 * Vercel's API as seen with one token and one team.
 */
export interface VercelClient {
  /** First argument of every function under `@vercel/sdk/funcs`. */
  readonly core: VercelCore;
  /** Goes into every request, `{ teamId: client.teamId, ... }`. */
  readonly teamId?: string;
  readonly apiBaseUrl: string;
  readonly token: string;
  readonly logger?: LoggerService;
  readonly limits?: UpstreamLimits;
}

/**
 * Reads the `vercel` section; throws with the key that is missing or wrong.
 */
export function readVercelOptions(config: Config): VercelOptions {
  const token = config.getOptionalString('vercel.token');
  if (!token) {
    throw new InputError(
      "Configuration 'vercel.token' is missing: set it to a Vercel access token with access to the team, for example through the environment variable VERCEL_TOKEN",
    );
  }
  const apiBaseUrl =
    config.getOptionalString('vercel.apiBaseUrl') ?? 'https://api.vercel.com';
  if (!/^https?:$/.test(URL.parse(apiBaseUrl)?.protocol ?? '')) {
    throw new InputError(
      `Configuration 'vercel.apiBaseUrl' is '${apiBaseUrl}', which is no http(s) URL: leave it out for Vercel's own API`,
    );
  }
  return {
    token,
    apiBaseUrl: apiBaseUrl.replace(/\/+$/, ''),
    teamId: config.getOptionalString('vercel.teamId'),
  };
}

/**
 * Creates a client for `callVercel`.
 */
export function createVercelClient(
  options: VercelOptions & { logger?: LoggerService; limits?: UpstreamLimits },
): VercelClient {
  return {
    core: new VercelCore({
      bearerToken: options.token,
      serverURL: options.apiBaseUrl,
    }),
    teamId: options.teamId,
    apiBaseUrl: options.apiBaseUrl,
    token: options.token,
    logger: options.logger,
    limits: options.limits,
  };
}
