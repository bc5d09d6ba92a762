import {
  fingerprint,
  severityOfCvss,
  severityOfWord,
  type FindingReport,
} from '@forkyard/plugin-security-findings-common';
import { z } from 'zod';
import type { FindingsSource, ScanOutcome, ScanTarget } from './FindingsSource';
import type { GithubAlertReader } from './GithubAlertReader';
import { findIdentifiers, plainText, webUrl } from './plainText';
import { repositoryPath } from './repositoryPath';
import { sha256 } from './sha256';

const packageSchema = z.object({
  ecosystem: z.string().nullish(),
  name: z.string(),
});

const alertSchema = z.object({
  number: z.number(),
  created_at: z.iso.datetime().nullish(),
  html_url: z.string().nullish(),
  dependency: z.object({
    package: packageSchema.nullish(),
    manifest_path: z.string().nullish(),
  }),
  security_advisory: z.object({
    ghsa_id: z.string().nullish(),
    cve_id: z.string().nullish(),
    summary: z.string().nullish(),
    description: z.string().nullish(),
    severity: z.string().nullish(),
    cvss: z.object({ score: z.number().nullish() }).nullish(),
    cwes: z.array(z.object({ cwe_id: z.string() })).nullish(),
  }),
  security_vulnerability: z
    .object({
      package: packageSchema.nullish(),
      severity: z.string().nullish(),
      vulnerable_version_range: z.string().nullish(),
      first_patched_version: z
        .object({ identifier: z.string().nullish() })
        .nullish(),
    })
    .nullish(),
});

type Alert = z.output<typeof alertSchema>;

/**
 * Reads the open alerts of Dependabot. The same advisory for one package in
 * several manifests is one finding.
 */
export class GithubDependabotSource implements FindingsSource {
  readonly source = 'dependabot';
  readonly needsRepository = true;

  constructor(private readonly reader: GithubAlertReader) {}

  scan(
    target: ScanTarget,
    options: { signal?: AbortSignal },
  ): Promise<ScanOutcome> {
    return this.reader.scan(
      {
        what: 'Dependabot alerts',
        repository: target.repository,
        path: 'dependabot/alerts',
        schema: alertSchema,
        signal: options.signal,
      },
      alerts => alerts.map(toReport),
    );
  }
}

function toReport(alert: Alert): FindingReport {
  const {
    security_advisory: advisory,
    security_vulnerability: vulnerability,
    dependency,
  } = alert;
  const found = dependency.package ?? vulnerability?.package;
  const name = plainText(found?.name, 300) ?? 'unknown package';
  const ecosystem = plainText(found?.ecosystem, 50);
  const advisoryId =
    plainText(advisory.cve_id ?? advisory.ghsa_id, 50) ??
    `alert ${alert.number}`;
  const path = repositoryPath(dependency.manifest_path);
  const patched = plainText(
    vulnerability?.first_patched_version?.identifier,
    100,
  );
  return {
    fingerprint: fingerprint(
      {
        kind: 'vulnerability',
        package: name,
        advisory: advisoryId,
      },
      sha256,
    ),
    rule: advisoryId,
    title: plainText(advisory.summary, 300) ?? `${advisoryId} in ${name}`,
    description: plainText(advisory.description, 2000),
    severity: severityOf(alert),
    location: path ? { path } : undefined,
    package: {
      name,
      ecosystem,
      version: plainText(vulnerability?.vulnerable_version_range, 100),
    },
    identifiers: findIdentifiers([
      advisory.ghsa_id,
      advisory.cve_id,
      ...(advisory.cwes ?? []).map(({ cwe_id: cwe }) => cwe),
    ]),
    fix: patched
      ? `Upgrade ${name} to ${patched} or later.`
      : `No fixed version of ${name} is known yet.`,
    url: webUrl(alert.html_url),
    since: alert.created_at ?? undefined,
  };
}

function severityOf(alert: Alert) {
  const word = severityOfWord(
    alert.security_vulnerability?.severity ?? alert.security_advisory.severity,
  );
  return word === 'unknown'
    ? severityOfCvss(alert.security_advisory.cvss?.score ?? 0)
    : word;
}
