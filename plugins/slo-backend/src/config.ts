import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { OwnRequests } from '@forkyard/backend-kit';
import { DEFAULT_MINIMUM_BAD_REQUESTS } from '@forkyard/plugin-slo-common';
import { DEFAULT_IGNORED_PATHS } from './ingest/DefaultIngestService';

/** What is shorter can be found by trying. */
const LEAST_SECRET_LENGTH = 16;

/** Settings of this plugin, checked. */
export interface SloConfig {
  /** Seconds between two evaluations of an SLO with traffic. */
  evaluationSeconds: number;
  /** Seconds between two looks at an OpenSLO file. */
  fileRefreshSeconds: number;
  minimumBadRequests: number;
  windowScale: number;
  /** Paths whose requests count nowhere. */
  ignoredPaths: string[];
  /** Requests that count nowhere either. */
  ownRequests: OwnRequests;
  /** 32 bytes in base64. */
  encryptionKey?: string;
  /** Where Vercel's drains reach us; absent when they are made by hand. */
  drainUrl?: string;
  /** Secret of drains that were made by hand. */
  drainSecret?: string;
  /** Host of repositories whose entities come from elsewhere. */
  githubHost: string;
  prometheus?: { url: string; token?: string; entityLabel: string };
}

/** Reads the settings; throws naming the key that is wrong and what to do. */
export function readSloConfig(config: Config): SloConfig {
  const [github] = config.getOptionalConfigArray('integrations.github') ?? [];
  const paths = config.getOptionalStringArray('slo.ignoredPaths');
  const encryptionKey =
    config.getOptionalString('slo.encryptionKey') ??
    config.getOptionalString('forks.encryptionKey');
  const drainUrl = readUrl(
    config,
    'slo.vercel.drainUrl',
    "the URL under which Vercel reaches this backend, ending in '/api/slo/drains/vercel'",
  );
  const drainSecret = readDrainSecret(config);
  if (drainUrl && !encryptionKey && !drainSecret) {
    throw new InputError(
      "Configuration 'slo.vercel.drainUrl' is set, but the secrets of its drains cannot be kept: set 'slo.encryptionKey' or 'forks.encryptionKey' to 32 random bytes in base64, or 'slo.vercel.drainSecret' to a secret of your own.",
    );
  }
  return {
    evaluationSeconds: readNumber(config, 'slo.evaluationSeconds', {
      from: 5,
      to: 600,
      otherwise: 15,
    }),
    fileRefreshSeconds: readNumber(config, 'slo.fileRefreshSeconds', {
      from: 15,
      to: 86_400,
      otherwise: 300,
    }),
    minimumBadRequests: readNumber(config, 'slo.minimumBadRequests', {
      from: 1,
      to: 100_000,
      otherwise: DEFAULT_MINIMUM_BAD_REQUESTS,
    }),
    windowScale: readNumber(config, 'slo.alertWindowScale', {
      from: 0.01,
      to: 1,
      otherwise: 1,
    }),
    ignoredPaths: checkPaths(paths ?? DEFAULT_IGNORED_PATHS),
    ownRequests: OwnRequests.fromConfig(config),
    encryptionKey,
    drainUrl,
    drainSecret,
    githubHost: github?.getOptionalString('host') ?? 'github.com',
    prometheus: readPrometheus(config),
  };
}

function readDrainSecret(config: Config): string | undefined {
  const secret = config.getOptionalString('slo.vercel.drainSecret');
  if (secret !== undefined && secret.length < LEAST_SECRET_LENGTH) {
    throw new InputError(
      `Configuration 'slo.vercel.drainSecret' has ${secret.length} characters: set it to at least ${LEAST_SECRET_LENGTH} random ones, or anybody can guess it.`,
    );
  }
  return secret;
}

function readPrometheus(config: Config): SloConfig['prometheus'] {
  const url = readUrl(
    config,
    'slo.prometheus.url',
    "the URL of a Prometheus, without '/api/v1'",
  );
  if (!url) return undefined;
  return {
    url,
    token: config.getOptionalString('slo.prometheus.token'),
    entityLabel:
      config.getOptionalString('slo.prometheus.entityLabel') ?? 'entity_ref',
  };
}

function readNumber(
  config: Config,
  key: string,
  { from, to, otherwise }: { from: number; to: number; otherwise: number },
): number {
  const value = config.getOptionalNumber(key) ?? otherwise;
  if (!(value >= from && value <= to)) {
    throw new InputError(
      `Configuration '${key}' is ${value}: set it to a number from ${from} to ${to}, or leave it out for ${otherwise}.`,
    );
  }
  return value;
}

function readUrl(
  config: Config,
  key: string,
  what: string,
): string | undefined {
  const value = config.getOptionalString(key);
  if (value === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
    throw new InputError(
      `Configuration '${key}' is '${value}': set it to ${what}, or leave it out.`,
    );
  }
  return value.replace(/\/+$/, '');
}

function checkPaths(paths: string[]): string[] {
  const wrong = paths.find(path => !path.startsWith('/'));
  if (wrong !== undefined) {
    throw new InputError(
      `Configuration 'slo.ignoredPaths' has '${wrong}': a path begins with '/'.`,
    );
  }
  return paths;
}
