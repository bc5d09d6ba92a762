import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { DEFAULT_MINIMUM_BAD_REQUESTS } from '@forkyard/plugin-slo-common';
import { DEFAULT_IGNORED_PATHS } from './ingest/DefaultIngestService';

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
    encryptionKey:
      config.getOptionalString('slo.encryptionKey') ??
      config.getOptionalString('forks.encryptionKey'),
    drainUrl: readUrl(
      config,
      'slo.vercel.drainUrl',
      "the URL under which Vercel reaches this backend, ending in '/api/slo/drains/vercel'",
    ),
    drainSecret: config.getOptionalString('slo.vercel.drainSecret'),
    githubHost: github?.getOptionalString('host') ?? 'github.com',
    prometheus: readPrometheus(config),
  };
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
