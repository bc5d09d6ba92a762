import { severityRank, type FindingSeverity } from './severity';

/** What decides the place of a finding. @public */
export interface FindingRank {
  id: string;
  severity: FindingSeverity;
  firstSeenAt: string;
}

/**
 * Orders findings: worst first, then the overdue, then the oldest.
 *
 * Within one severity all have the same time to be fixed, so the oldest are
 * those most overdue; ordering by age is ordering by both, and depends on no
 * clock. Ids break ties, so that the order is total and can be paged.
 *
 * @public
 */
export function compareFindings(left: FindingRank, right: FindingRank): number {
  return (
    severityRank(left.severity) - severityRank(right.severity) ||
    Date.parse(left.firstSeenAt) - Date.parse(right.firstSeenAt) ||
    compareText(left.id, right.id)
  );
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
