import { worstSeverity, type FindingSeverity } from './severity';
import {
  FINDING_SOURCES,
  type FindingLocation,
  type FindingPackage,
  type FindingSource,
} from './types';

/**
 * A problem as one source reports it.
 *
 * @public
 */
export interface FindingReport {
  fingerprint: string;
  rule: string;
  title: string;
  description?: string;
  severity: FindingSeverity;
  location?: FindingLocation;
  package?: FindingPackage;
  identifiers: string[];
  fix?: string;
  url?: string;
  /** Since when the source knows it, ISO 8601 UTC. */
  since?: string;
}

/** A report and who made it. @public */
export interface SourcedReport extends FindingReport {
  source: FindingSource;
}

/** What several reports of one problem say together. @public */
export interface MergedReport extends SourcedReport {
  sources: FindingSource[];
}

/**
 * Merges what several sources report about one problem.
 *
 * The words are those of the source that comes first in `FINDING_SOURCES`;
 * what it leaves out is taken from the next. The severity is the worst that any
 * of them gives, the identifiers are those of all, the time is the earliest.
 * The order of the reports does not matter.
 *
 * @public
 */
export function mergeReports(
  reports: readonly [SourcedReport, ...SourcedReport[]],
): MergedReport {
  const ordered = [...reports].sort(compareReports);
  const first = ordered[0];
  const sinces = ordered.flatMap(({ since }) => since ?? []).sort();
  return {
    ...first,
    description: pick(ordered, 'description'),
    location: pick(ordered, 'location'),
    package: pick(ordered, 'package'),
    fix: pick(ordered, 'fix'),
    url: pick(ordered, 'url'),
    since: sinces[0],
    severity: worstSeverity(ordered.map(({ severity }) => severity)),
    identifiers: unique(ordered.flatMap(({ identifiers }) => identifiers)),
    sources: unique(ordered.map(({ source }) => source)),
  };
}

/** Sources by preference; twins of one source by their content. */
function compareReports(left: SourcedReport, right: SourcedReport): number {
  return (
    FINDING_SOURCES.indexOf(left.source) -
      FINDING_SOURCES.indexOf(right.source) ||
    compareText(contentOf(left), contentOf(right))
  );
}

function contentOf(report: SourcedReport): string {
  const { location, title, rule } = report;
  return JSON.stringify([
    location?.path ?? '',
    String(location?.line ?? 0).padStart(9, '0'),
    rule,
    title,
    report,
  ]);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function pick<K extends keyof SourcedReport>(
  reports: SourcedReport[],
  key: K,
): SourcedReport[K] | undefined {
  return reports.find(report => report[key] !== undefined)?.[key];
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)];
}
