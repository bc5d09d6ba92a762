import type { FindingSeverity } from './severity';

/**
 * Who found something: three of GitHub's services, an uploaded report, or one
 * of our own scans of the repository and the live URL.
 *
 * @public
 */
export type FindingSource =
  | 'code-scanning'
  | 'dependabot'
  | 'secret-scanning'
  | 'sarif'
  | 'secrets'
  | 'licenses'
  | 'headers';

/**
 * Every source, the one whose words are preferred first.
 *
 * @public
 */
export const FINDING_SOURCES = [
  'code-scanning',
  'dependabot',
  'secret-scanning',
  'sarif',
  'secrets',
  'licenses',
  'headers',
] as const satisfies FindingSource[];

/**
 * `open` until a complete scan of every source that reported it no longer has
 * it, which makes it `fixed`; `waived` while a waiver is in force. A waiver that
 * expires makes it `open` again.
 *
 * @public
 */
export type FindingState = 'open' | 'fixed' | 'waived';

/** @public */
export const FINDING_STATES = [
  'open',
  'fixed',
  'waived',
] as const satisfies FindingState[];

/**
 * One problem of one entity, however many sources report it. All text is plain
 * text from outside: never render it as HTML or Markdown.
 *
 * @public
 */
export interface Finding {
  id: string;
  entityRef: string;
  /** The source whose words are shown. */
  source: FindingSource;
  /** Every source that reports it now, or did until it was fixed. */
  sources: FindingSource[];
  /** The source's id of the rule, the kind of secret or the header. */
  rule: string;
  title: string;
  description?: string;
  severity: FindingSeverity;
  state: FindingState;
  location?: FindingLocation;
  package?: FindingPackage;
  /** CVE, GHSA and CWE ids. */
  identifiers: string[];
  /** What to do about it. */
  fix?: string;
  /** ISO 8601 UTC; the source's own time when that is earlier. */
  firstSeenAt: string;
  lastSeenAt: string;
  fixedAt?: string;
  /** When it should be fixed; absent when its severity has no due date. */
  dueAt?: string;
  /** Whether it is open and past `dueAt`. */
  overdue: boolean;
  waiver?: FindingWaiver;
  /** Page of the finding at its source; http or https. */
  url?: string;
  /** See `fingerprint`. */
  fingerprint: string;
}

/** @public */
export interface FindingLocation {
  /** Relative to the root of the repository, with slashes. */
  path?: string;
  /** From 1. */
  line?: number;
  /** http or https. */
  url?: string;
}

/** @public */
export interface FindingPackage {
  name: string;
  /** For example `npm`. */
  ecosystem?: string;
  version?: string;
}

/** @public */
export interface FindingWaiver {
  reason: string;
  /** Entity ref of who waived it. */
  by: string;
  at: string;
  expiresAt: string;
}

/**
 * What is known of one source for one entity.
 *
 * `waiting`: not asked yet. `on`: the last look succeeded. `off`: the source
 * says that it is not enabled or there is nothing to look at; `reason` says
 * which. `failing`: the last look failed; what is held stays. `unconfirmed`:
 * the last look found far less than before; nothing was closed, and a look at a
 * newer commit or an explicit refresh decides.
 *
 * @public
 */
export type SourceCondition =
  'waiting' | 'on' | 'off' | 'failing' | 'unconfirmed';

/** @public */
export interface SourceState {
  source: FindingSource;
  /** For `sarif`: the category of the reports. */
  category?: string;
  condition: SourceCondition;
  /** When it was last looked at with success. */
  asOf?: string;
  /** Why there is nothing newer: its words when failing, off or unconfirmed. */
  staleReason?: string;
  /** Open findings that it reports, shared ones included. */
  open: number;
}

/**
 * Row of the change feed, one for each entity.
 *
 * @public
 */
export interface FindingsSummary {
  entityRef: string;
  openCritical: number;
  openHigh: number;
  /** Of every severity, `unknown` included; waived ones are not open. */
  openTotal: number;
  overdue: number;
  /** When any source was last looked at with success; absent when none was. */
  asOf?: string;
}

/**
 * What an entity's page shows first.
 *
 * @public
 */
export interface EntityFindingsSummary extends FindingsSummary {
  open: Record<FindingSeverity, number>;
  waived: number;
  /** Days to fix by severity, as configured. */
  dueDays: DueDays;
  sources: SourceState[];
}

/**
 * Days from the first sighting to the due date. A severity that is left out
 * has none.
 *
 * @public
 */
export type DueDays = Partial<Record<FindingSeverity, number>>;

/** @public */
export interface ListFindingsRequest {
  entityRef: string;
  /** Default: `open`. */
  states?: FindingState[];
  severities?: FindingSeverity[];
  /** Findings that any of these reports. */
  sources?: FindingSource[];
  /** True for the overdue ones only. */
  overdue?: boolean;
  /** Part of title, rule, path, package or identifier; at most 200 characters. */
  search?: string;
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}

/** @public */
export interface SarifUploadRequest {
  entityRef: string;
  /**
   * Which tool or part this report is about, for example `semgrep`. A later
   * report of the same category replaces this one: what it no longer has is
   * fixed.
   */
  category: string;
  /** The parsed SARIF 2.1.0 document. */
  report: unknown;
  /** The commit that the report is about. */
  commit?: string;
  /** Take it for true even when it has far less than the one before. */
  confirm?: boolean;
}

/** @public */
export interface SarifUploadResult {
  entityRef: string;
  category: string;
  /** Failing results in the report; suppressed ones are left out. */
  results: number;
  /** Findings that are new or open again. */
  opened: number;
  /** Findings that the earlier report of the category had and this one has not. */
  fixed: number;
  /**
   * True when the report has far less than the one before, so that nothing was
   * closed: upload one of a newer commit, or this one with `confirm`.
   */
  unconfirmed: boolean;
}
