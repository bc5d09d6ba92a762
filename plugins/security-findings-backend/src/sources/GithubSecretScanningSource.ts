import {
  fingerprint,
  secretHash,
  type FindingReport,
  type FindingSeverity,
} from '@forkyard/plugin-security-findings-common';
import { z } from 'zod';
import type { FindingsSource, ScanOutcome, ScanTarget } from './FindingsSource';
import type { GithubAlertReader } from './GithubAlertReader';
import { plainText, webUrl } from './plainText';
import { repositoryPath } from './repositoryPath';
import { sha256 } from './sha256';

const alertSchema = z
  .object({
    number: z.number(),
    created_at: z.iso.datetime().nullish(),
    html_url: z.string().nullish(),
    secret_type: z.string().nullish(),
    secret_type_display_name: z.string().nullish(),
    secret: z.string().nullish(),
    validity: z.string().nullish(),
    publicly_leaked: z.boolean().nullish(),
    first_location_detected: z
      .object({
        path: z.string().nullish(),
        start_line: z.number().nullish(),
      })
      .nullish(),
  })
  // The value ends here: only what tells it from others goes on.
  .transform(({ secret, ...alert }) => ({
    ...alert,
    valueHash: secret ? secretHash(secret, sha256) : undefined,
  }));

type Alert = z.output<typeof alertSchema>;

/**
 * Reads the open alerts of GitHub's secret scanning, and never keeps a value.
 */
export class GithubSecretScanningSource implements FindingsSource {
  readonly source = 'secret-scanning';
  readonly needsRepository = true;

  constructor(private readonly reader: GithubAlertReader) {}

  scan(
    target: ScanTarget,
    options: { signal?: AbortSignal },
  ): Promise<ScanOutcome> {
    return this.reader.scan(
      {
        what: 'secret scanning alerts',
        repository: target.repository,
        path: 'secret-scanning/alerts',
        schema: alertSchema,
        signal: options.signal,
      },
      alerts => alerts.map(toReport),
    );
  }
}

function toReport(alert: Alert): FindingReport {
  const type = plainText(alert.secret_type, 200) ?? 'secret';
  const label = plainText(alert.secret_type_display_name, 200) ?? type;
  const path = repositoryPath(alert.first_location_detected?.path);
  const line = alert.first_location_detected?.start_line ?? undefined;
  return {
    fingerprint: fingerprint(
      alert.valueHash
        ? { kind: 'secret', valueHash: alert.valueHash }
        : {
            kind: 'hidden-secret',
            type,
            path: path ?? `alert ${alert.number}`,
          },
      sha256,
    ),
    rule: type,
    title: `${label} in the repository`,
    description: describe(alert),
    severity: severityOf(alert),
    location: path ? { path, line } : undefined,
    identifiers: ['CWE-798'],
    fix: 'Revoke it where it was issued, then remove it from the repository; it stays in the history.',
    url: webUrl(alert.html_url),
    since: alert.created_at ?? undefined,
  };
}

/** GitHub rates no secrets; what is known to work or be public is worst. */
function severityOf(alert: Alert): FindingSeverity {
  if (alert.validity === 'active' || alert.publicly_leaked) return 'critical';
  return alert.validity === 'inactive' ? 'low' : 'high';
}

function describe(alert: Alert): string | undefined {
  const facts = [
    alert.validity === 'active' && 'GitHub found that it still works.',
    alert.validity === 'inactive' && 'GitHub found that it no longer works.',
    alert.publicly_leaked && 'It was found in public.',
  ].filter(Boolean);
  return facts.length ? facts.join(' ') : undefined;
}
