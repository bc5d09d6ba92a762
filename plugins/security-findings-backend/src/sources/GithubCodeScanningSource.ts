import {
  fingerprint,
  severityOfSarif,
  severityOfWord,
  type FindingReport,
} from '@forkyard/plugin-security-findings-common';
import { z } from 'zod';
import type { FindingsSource, ScanOutcome, ScanTarget } from './FindingsSource';
import type { GithubAlertReader } from './GithubAlertReader';
import { OrdinalCounter } from './OrdinalCounter';
import { findIdentifiers, plainText, webUrl } from './plainText';
import { repositoryPath } from './repositoryPath';
import { sha256 } from './sha256';

const alertSchema = z.object({
  number: z.number(),
  created_at: z.iso.datetime().nullish(),
  html_url: z.string().nullish(),
  rule: z.object({
    id: z.string().nullish(),
    name: z.string().nullish(),
    severity: z.string().nullish(),
    security_severity_level: z.string().nullish(),
    description: z.string().nullish(),
    full_description: z.string().nullish(),
    tags: z.array(z.string()).nullish(),
  }),
  most_recent_instance: z
    .object({
      message: z.object({ text: z.string().nullish() }).nullish(),
      location: z
        .object({
          path: z.string().nullish(),
          start_line: z.number().nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

type Alert = z.output<typeof alertSchema>;

/**
 * Reads the open alerts of GitHub's code scanning on the default branch.
 */
export class GithubCodeScanningSource implements FindingsSource {
  readonly source = 'code-scanning';
  readonly needsRepository = true;

  constructor(private readonly reader: GithubAlertReader) {}

  scan(
    target: ScanTarget,
    options: { signal?: AbortSignal },
  ): Promise<ScanOutcome> {
    return this.reader.scan(
      {
        what: 'code scanning alerts',
        repository: target.repository,
        path: 'code-scanning/alerts',
        schema: alertSchema,
        signal: options.signal,
      },
      toReports,
    );
  }
}

function toReports(alerts: Alert[]): FindingReport[] {
  const ordinals = new OrdinalCounter();
  return alerts
    .sort((left, right) => lineOf(left) - lineOf(right))
    .map(alert => toReport(alert, ordinals));
}

function lineOf(alert: Alert): number {
  return alert.most_recent_instance?.location?.start_line ?? 0;
}

function toReport(alert: Alert, ordinals: OrdinalCounter): FindingReport {
  const { rule, most_recent_instance: instance } = alert;
  const ruleId = plainText(rule.id ?? rule.name, 200) ?? 'unknown rule';
  const message = plainText(instance?.message?.text, 2000);
  const path = repositoryPath(instance?.location?.path);
  const line = instance?.location?.start_line ?? undefined;
  const severity = severityOfWord(rule.security_severity_level);
  return {
    fingerprint: fingerprint(
      ordinals.number({
        kind: 'code',
        rule: ruleId,
        path: path ?? '',
        message: message ?? '',
      }),
      sha256,
    ),
    rule: ruleId,
    title: plainText(rule.description, 300) ?? message?.slice(0, 300) ?? ruleId,
    description: message ?? plainText(rule.full_description, 2000),
    severity:
      severity === 'unknown'
        ? severityOfSarif({ level: rule.severity ?? undefined })
        : severity,
    location: path
      ? { path, line: line && line > 0 ? line : undefined }
      : undefined,
    identifiers: findIdentifiers([
      // CodeQL tags are written `external/cwe/cwe-089`.
      ...(rule.tags ?? []).map(tag => tag.replace(/^external\/cwe\//, '')),
      message,
    ]),
    url: webUrl(alert.html_url),
    since: alert.created_at ?? undefined,
  };
}
