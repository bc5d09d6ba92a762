import type { RootConfigService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  ScmIntegrations,
  type GithubIntegration,
} from '@backstage/integration';
import { OwnRequests } from '@forkyard/backend-kit';
import {
  DEFAULT_DUE_DAYS,
  FINDING_SEVERITIES,
  type DueDays,
} from '@forkyard/plugin-security-findings-common';
import { DEFAULT_ALLOWED_LICENSES, isSpdxId } from './scans/licensePolicy';

/** Everything that the plugin reads from the configuration. */
export interface SecurityFindingsOptions {
  integrations: ScmIntegrations;
  githubIntegration: GithubIntegration;
  refreshMinutes: number;
  trustedLocations: string[];
  dueDays: DueDays;
  scans: { secrets: boolean; licenses: boolean; headers: boolean };
  allowedLicenses: string[];
  ownRequests: OwnRequests;
}

/**
 * Reads the configuration, and stops the start with the name of the key that is
 * wrong and with what to do about it.
 */
export function readSecurityFindingsOptions(
  config: RootConfigService,
): SecurityFindingsOptions {
  const integrations = ScmIntegrations.fromConfig(config);
  const scan = (name: string) =>
    config.getOptionalBoolean(`securityFindings.scans.${name}`) ?? true;
  return {
    integrations,
    githubIntegration: readGithubIntegration(config, integrations),
    refreshMinutes: readNumber(config, 'securityFindings.refreshMinutes', {
      fallback: 15,
      max: 1440,
      unit: 'minutes',
    }),
    trustedLocations: readTrustedLocations(config),
    dueDays: readDueDays(config),
    scans: {
      secrets: scan('secrets'),
      licenses: scan('licenses'),
      headers: scan('headers'),
    },
    allowedLicenses: readAllowedLicenses(config),
    ownRequests: OwnRequests.fromConfig(config),
  };
}

function readGithubIntegration(
  config: Config,
  integrations: ScmIntegrations,
): GithubIntegration {
  const key = 'securityFindings.github.host';
  const host = config.getOptionalString(key) ?? 'github.com';
  const integration = integrations.github.byHost(host);
  if (!integration) {
    throw new InputError(
      `Configuration '${key}' is '${host}', but 'integrations.github' has no such host: add it there with a token or a GitHub App.`,
    );
  }
  if (!integration.config.apiBaseUrl) {
    throw new InputError(
      `Configuration 'integrations.github' has no apiBaseUrl for host '${host}': set it to the address of its REST API.`,
    );
  }
  return integration;
}

function readNumber(
  config: Config,
  key: string,
  options: { fallback: number; max: number; unit: string },
): number {
  const value = config.getOptionalNumber(key) ?? options.fallback;
  if (!(value >= 1 && value <= options.max)) {
    throw new InputError(
      `Configuration '${key}' is ${value}: set it to a number of ${options.unit} from 1 to ${options.max}, or leave it out for ${options.fallback}.`,
    );
  }
  return value;
}

function readTrustedLocations(config: Config): string[] {
  const key = 'securityFindings.trustedLocations';
  const locations = config.getOptionalStringArray(key) ?? [];
  for (const [index, location] of locations.entries()) {
    if (
      !/^https?:$/.test(URL.parse(location)?.protocol ?? '') ||
      !location.endsWith('/')
    ) {
      throw new InputError(
        `Configuration '${key}[${index}]' is '${location}': write the beginning of an address, with a slash at the end, for example https://github.com/acme/catalog/.`,
      );
    }
  }
  return locations;
}

function readDueDays(config: Config): DueDays {
  const dueDays: DueDays = { ...DEFAULT_DUE_DAYS };
  for (const severity of FINDING_SEVERITIES) {
    const key = `securityFindings.dueDays.${severity}`;
    if (!config.has(key)) continue;
    dueDays[severity] = readNumber(config, key, {
      fallback: DEFAULT_DUE_DAYS[severity] ?? 180,
      max: 3650,
      unit: 'days',
    });
  }
  return dueDays;
}

function readAllowedLicenses(config: Config): string[] {
  const key = 'securityFindings.licenses.allow';
  const allowed = config.getOptionalStringArray(key);
  for (const [index, license] of (allowed ?? []).entries()) {
    if (!isSpdxId(license)) {
      throw new InputError(
        `Configuration '${key}[${index}]' is '${license}': write an SPDX license id such as MIT or Apache-2.0.`,
      );
    }
  }
  return allowed ?? DEFAULT_ALLOWED_LICENSES;
}
