import type { Status } from '@forkyard/frontend-kit';
import {
  FINDING_SEVERITIES,
  type EntityFindingsSummary,
  type Finding,
  type FindingSeverity,
  type FindingSource,
  type FindingState,
  type SourceCondition,
} from '@forkyard/plugin-security-findings-common';

export const severityTitles: Record<FindingSeverity, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  unknown: 'Unknown severity',
};

export const stateTitles: Record<FindingState, string> = {
  open: 'Open',
  waived: 'Waived',
  fixed: 'Fixed',
};

export const sourceTitles: Record<FindingSource, string> = {
  'code-scanning': 'GitHub code scanning',
  dependabot: 'Dependabot',
  'secret-scanning': 'GitHub secret scanning',
  sarif: 'Uploaded report',
  secrets: 'Secrets in the repository',
  licenses: 'Licenses of packages',
  headers: 'Headers of the live URL',
};

export const conditions: Record<
  SourceCondition,
  { label: string; status: Status }
> = {
  on: { label: 'Read', status: 'healthy' },
  waiting: { label: 'Not read yet', status: 'in-progress' },
  off: { label: 'Off', status: 'unknown' },
  failing: { label: 'Not readable', status: 'failing' },
  unconfirmed: { label: 'To be confirmed', status: 'degraded' },
};

/** Is the first thing that a reader wants to know. */
export interface FindingsAnswer {
  status: Status;
  /** The word of the badge, where that of the status would mislead. */
  label?: string;
  sentence: string;
}

const words: Record<FindingSeverity, string> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  unknown: 'of unknown severity',
};

/** Says how an entity is: "2 critical, 3 high, 1 overdue." */
export function answerOf(summary: EntityFindingsSummary): FindingsAnswer {
  const { open, openTotal, overdue, openCritical, openHigh } = summary;
  const unread = summary.sources.filter(
    ({ condition }) => condition === 'failing' || condition === 'waiting',
  );
  if (openTotal === 0) {
    if (!summary.asOf) {
      return {
        status: 'unknown',
        sentence: 'No source has been read yet.',
      };
    }
    return unread.length > 0
      ? {
          status: 'unknown',
          sentence: `No open findings known; ${countSources(unread.length)} not read.`,
        }
      : { status: 'healthy', sentence: 'No open findings.' };
  }
  const counts = FINDING_SEVERITIES.filter(severity => open[severity] > 0).map(
    severity => `${open[severity]} ${words[severity]}`,
  );
  const sentence = `${[...counts, ...(overdue > 0 ? [`${overdue} overdue`] : [])].join(', ')}.`;
  if (openCritical > 0 || overdue > 0) return { status: 'failing', sentence };
  return openHigh > 0
    ? { status: 'degraded', sentence }
    : { status: 'healthy', label: 'Nothing urgent', sentence };
}

function countSources(count: number): string {
  return count === 1 ? '1 source is' : `${count} sources are`;
}

/** Says where a finding is: a place in the repository, a package, or an address. */
export function placeOf(finding: Finding): string | undefined {
  const { location, package: found } = finding;
  const path = location?.path
    ? [location.path, location.line].filter(Boolean).join(':')
    : undefined;
  const name = found && [found.name, found.version].filter(Boolean).join(' ');
  return [name, path].filter(Boolean).join(' in ') || location?.url;
}
