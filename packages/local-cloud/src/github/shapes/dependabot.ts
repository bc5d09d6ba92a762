import { cvssBaseScore } from '../security/cvss';
import { Advisory, listVulnerableRanges } from '../security/osv';
import { DependabotAlertBody, Repository, SecurityAlert } from '../store';
import { RestDependabotAlert } from './restTypes';
import { FindAccount, toClosingUser } from './securityAlerts';

type Severity = RestDependabotAlert['security_advisory']['severity'];

function cvssOf(advisory: Advisory, type: string) {
  const vector =
    advisory.severity.find(severity => severity.type === type)?.score ?? null;
  return { score: (vector && cvssBaseScore(vector)) || 0, vector };
}

/** Tells how bad an advisory is: as its database says, else by its score. */
export function advisorySeverity(advisory: Advisory): Severity {
  const said = advisory.database_specific?.severity?.toLowerCase();
  if (said) {
    return said === 'moderate' ? 'medium' : (said as Severity);
  }
  const { score } = cvssOf(advisory, 'CVSS_V3');
  const steps: [number, Severity][] = [
    [9, 'critical'],
    [7, 'high'],
    [4, 'medium'],
  ];
  return steps.find(([from]) => score >= from)?.[1] ?? 'low';
}

function toVulnerability(
  severity: Severity,
  range: { packageName: string; range: string; firstPatched?: string },
) {
  return {
    package: { ecosystem: 'npm', name: range.packageName },
    severity,
    vulnerable_version_range: range.range,
    first_patched_version: range.firstPatched
      ? { identifier: range.firstPatched }
      : null,
  };
}

function toAdvisory(advisory: Advisory, severity: Severity) {
  const cve = advisory.aliases.find(alias => alias.startsWith('CVE-'));
  const { score, vector } = cvssOf(advisory, 'CVSS_V3');
  return {
    ghsa_id: advisory.id,
    cve_id: cve ?? null,
    summary: advisory.summary,
    description: advisory.details,
    vulnerabilities: listVulnerableRanges(advisory).map(range =>
      toVulnerability(severity, range),
    ),
    severity,
    cvss: { score, vector_string: vector },
    cvss_severities: {
      cvss_v3: { score, vector_string: vector },
      cvss_v4: {
        score: 0,
        vector_string: cvssOf(advisory, 'CVSS_V4').vector,
      },
    },
    cwes: (advisory.database_specific?.cwe_ids ?? []).map(cwe => ({
      cwe_id: cwe,
      name: cwe,
    })),
    identifiers: [
      { type: 'GHSA' as const, value: advisory.id },
      ...(cve ? [{ type: 'CVE' as const, value: cve }] : []),
    ],
    references: advisory.references.map(({ url }) => ({ url })),
    published_at: advisory.published ?? advisory.modified,
    updated_at: advisory.modified,
    withdrawn_at: advisory.withdrawn ?? null,
  };
}

/** Describes a vulnerable dependency. */
export function toDependabotAlert(options: {
  baseUrl: string;
  repository: Repository;
  alert: SecurityAlert<DependabotAlertBody>;
  findAccount: FindAccount;
}): RestDependabotAlert {
  const { baseUrl, repository, alert } = options;
  const { body, closure } = alert;
  const slug = `${repository.owner.login}/${repository.name}`;
  const severity = advisorySeverity(body.advisory);
  return {
    number: alert.number,
    state: alert.state === 'closed' ? 'dismissed' : alert.state,
    dependency: {
      package: { ecosystem: 'npm', name: body.packageName },
      manifest_path: body.manifestPath,
      scope: body.scope,
      relationship: body.relationship,
    },
    security_advisory: toAdvisory(body.advisory, severity),
    security_vulnerability: toVulnerability(severity, {
      packageName: body.packageName,
      range: body.vulnerableRange,
      firstPatched: body.firstPatched,
    }),
    url: `${baseUrl}/repos/${slug}/dependabot/alerts/${alert.number}`,
    html_url: `${baseUrl}/${slug}/security/dependabot/${alert.number}`,
    created_at: alert.createdAt,
    updated_at: alert.updatedAt,
    dismissed_at: closure?.at ?? null,
    dismissed_by: toClosingUser(options, closure?.by),
    dismissed_reason: (closure?.reason ??
      null) as RestDependabotAlert['dismissed_reason'],
    dismissed_comment: closure?.comment ?? null,
    fixed_at: alert.fixedAt ?? null,
    auto_dismissed_at: null,
  };
}
