import {
  fingerprint,
  type FindingReport,
  type FindingSeverity,
} from '@forkyard/plugin-security-findings-common';
import { sha256 } from '../sources/sha256';

interface HeaderRule {
  /** Header, or what stands for it. */
  rule: string;
  title: string;
  severity: FindingSeverity;
  cwe: string;
  fix: string;
  isMet(response: JudgedResponse): boolean;
}

/** What a live URL answered. Header names are lower case. */
export interface JudgedResponse {
  url: URL;
  headers: Readonly<Record<string, string | undefined>>;
}

/**
 * What a page should send, after OWASP's HTTP Headers Cheat Sheet. HSTS counts
 * only over https, because browsers ignore it elsewhere (RFC 6797, 8.1).
 */
const RULES: HeaderRule[] = [
  {
    rule: 'https',
    title: 'The live URL is not encrypted',
    severity: 'high',
    cwe: 'CWE-319',
    fix: 'Serve it over https and redirect http to it.',
    isMet: ({ url }) => url.protocol === 'https:' || isThisMachine(url),
  },
  {
    rule: 'strict-transport-security',
    title: 'Browsers may still use http (no Strict-Transport-Security)',
    severity: 'medium',
    cwe: 'CWE-319',
    fix: 'Send Strict-Transport-Security: max-age=31536000; includeSubDomains.',
    isMet: ({ url, headers }) =>
      url.protocol !== 'https:' ||
      /max-age\s*=\s*"?0*[1-9]/i.test(
        headers['strict-transport-security'] ?? '',
      ),
  },
  {
    rule: 'content-security-policy',
    title: 'Scripts from anywhere may run (no Content-Security-Policy)',
    severity: 'medium',
    cwe: 'CWE-693',
    fix: "Send a Content-Security-Policy, for example default-src 'self'.",
    isMet: ({ headers }) => Boolean(headers['content-security-policy']?.trim()),
  },
  {
    rule: 'x-content-type-options',
    title: 'Browsers may guess the type of files (no X-Content-Type-Options)',
    severity: 'low',
    cwe: 'CWE-430',
    fix: 'Send X-Content-Type-Options: nosniff.',
    isMet: ({ headers }) =>
      headers['x-content-type-options']?.trim().toLowerCase() === 'nosniff',
  },
  {
    rule: 'frame-ancestors',
    title: 'Other sites may frame the pages (no frame-ancestors)',
    severity: 'medium',
    cwe: 'CWE-1021',
    fix: "Send Content-Security-Policy: frame-ancestors 'self', or X-Frame-Options: DENY.",
    isMet: ({ headers }) =>
      /(^|[;,]\s*)frame-ancestors\s/i.test(
        headers['content-security-policy'] ?? '',
      ) || /^\s*(deny|sameorigin)\s*$/i.test(headers['x-frame-options'] ?? ''),
  },
  {
    rule: 'referrer-policy',
    title: 'Addresses of pages are told to other sites (no Referrer-Policy)',
    severity: 'low',
    cwe: 'CWE-200',
    fix: 'Send Referrer-Policy: strict-origin-when-cross-origin.',
    isMet: ({ headers }) => {
      const policies = (headers['referrer-policy'] ?? '').toLowerCase();
      const last = policies.split(',').at(-1)?.trim();
      return Boolean(last) && last !== 'unsafe-url';
    },
  },
];

/** Finds what a response should have had. */
export function judgeHeaders(response: JudgedResponse): FindingReport[] {
  return RULES.filter(({ isMet }) => !isMet(response)).map(
    ({ rule, title, severity, cwe, fix }) => ({
      fingerprint: fingerprint({ kind: 'header', header: rule }, sha256),
      rule,
      title,
      severity,
      location: { url: `${response.url.origin}${response.url.pathname}` },
      identifiers: [cwe],
      fix,
    }),
  );
}

function isThisMachine({ hostname }: URL): boolean {
  return hostname.endsWith('.localhost');
}
