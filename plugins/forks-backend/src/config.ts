import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  ScmIntegrations,
  type GithubIntegration,
} from '@backstage/integration';
import {
  OwnRequests,
  readVercelOptions,
  type VercelOptions,
} from '@forkyard/backend-kit';
import { parseRepositoryName } from './sources/RepositorySource';
import type { StoreKind } from './steps/storesStep';

/** Everything that the plugin reads from the configuration. */
export interface ForksOptions {
  organization: string;
  /** `owner/repo` of each base application. */
  bases: string[];
  /** 32 bytes. */
  encryptionKey: Uint8Array;
  integrations: ScmIntegrations;
  githubIntegration: GithubIntegration;
  vercel: VercelOptions;
  ownRequests: OwnRequests;
  store?: StoreKind;
  estimate?: { lowUsd: number; highUsd: number };
  author: { name: string; email: string };
  cacheDirectory: string;
}

/**
 * Reads the configuration, and stops the start with the name of the key that is
 * missing or wrong and with what to do about it.
 */
export function readForksOptions(config: RootConfigService): ForksOptions {
  const integrations = ScmIntegrations.fromConfig(config);
  return {
    organization: readString(
      config,
      'forks.organization',
      'set it to the GitHub organization in which forks are made',
    ),
    bases: readBases(config),
    encryptionKey: readEncryptionKey(config),
    integrations,
    githubIntegration: readGithubIntegration(config, integrations),
    vercel: readVercelOptions(config),
    ownRequests: OwnRequests.fromConfig(config),
    store: readStore(config),
    estimate: readEstimate(config),
    author: {
      name: config.getOptionalString('forks.author.name') ?? 'Forkyard',
      email:
        config.getOptionalString('forks.author.email') ?? 'forkyard@localhost',
    },
    cacheDirectory:
      config.getOptionalString('forks.cacheDirectory') ??
      join(tmpdir(), `forkyard-git-${userInfo().uid}`),
  };
}

function readString(config: Config, key: string, advice: string): string {
  const value = config.getOptionalString(key);
  if (!value) {
    throw new InputError(`Configuration '${key}' is missing: ${advice}`);
  }
  return value;
}

function readBases(config: Config): string[] {
  const bases = config.getOptionalStringArray('forks.bases') ?? [];
  if (bases.length === 0) {
    throw new InputError(
      "Configuration 'forks.bases' is missing: list the repositories that may be forked, each as owner/repo",
    );
  }
  for (const [index, base] of bases.entries()) {
    const name = parseRepositoryName(base);
    if (!name || `${name.owner}/${name.repo}` !== base) {
      throw new InputError(
        `Configuration 'forks.bases[${index}]' is '${base}': write it as owner/repo`,
      );
    }
  }
  return bases;
}

function readEncryptionKey(config: Config): Uint8Array {
  const advice =
    'set it to 32 random bytes in base64, for example by `openssl rand -base64 32`, and keep it: what is sealed with it cannot be opened without it';
  const text = readString(config, 'forks.encryptionKey', advice);
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) {
    throw new InputError(
      `Configuration 'forks.encryptionKey' has ${key.length} bytes instead of 32: ${advice}`,
    );
  }
  return new Uint8Array(key);
}

function readGithubIntegration(
  config: Config,
  integrations: ScmIntegrations,
): GithubIntegration {
  const host = config.getOptionalString('forks.github.host') ?? 'github.com';
  const integration = integrations.github.byHost(host);
  if (!integration) {
    throw new InputError(
      `Configuration 'forks.github.host' is '${host}', but 'integrations.github' has no such host: add it there with a token or a GitHub App`,
    );
  }
  const { token, apps, apiBaseUrl } = integration.config;
  if (!token && !apps?.length) {
    throw new InputError(
      `Configuration 'integrations.github' has neither token nor apps for host '${host}': add one, forks are made with it`,
    );
  }
  if (!apiBaseUrl) {
    throw new InputError(
      `Configuration 'integrations.github' has no apiBaseUrl for host '${host}': set it to the address of its REST API`,
    );
  }
  return integration;
}

function readStore(config: Config): StoreKind | undefined {
  if (!config.has('forks.hosting.store')) return undefined;
  const advice =
    "give both 'integration' and 'product', or leave 'forks.hosting.store' out if forks need no database";
  return {
    integration: readString(config, 'forks.hosting.store.integration', advice),
    product: readString(config, 'forks.hosting.store.product', advice),
  };
}

function readEstimate(config: Config): ForksOptions['estimate'] {
  if (!config.has('forks.estimate')) return undefined;
  const lowUsd = config.getOptionalNumber('forks.estimate.lowUsd');
  const highUsd = config.getOptionalNumber('forks.estimate.highUsd');
  if (
    lowUsd === undefined ||
    highUsd === undefined ||
    lowUsd < 0 ||
    highUsd < lowUsd
  ) {
    throw new InputError(
      "Configuration 'forks.estimate' is not a range: set 'lowUsd' and 'highUsd' to US dollars a month, the low one first, or leave it out",
    );
  }
  return { lowUsd, highUsd };
}
