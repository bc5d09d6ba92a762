import {
  severityRank,
  type MergedReport,
} from '@forkyard/plugin-security-findings-common';
import type { HeldFinding } from './FindingsStore';
import type { DbFindingRow } from './tables';

/** Converts a row. */
export function toHeldFinding(row: DbFindingRow): HeldFinding {
  return {
    ...row.report,
    id: row.id,
    entityRef: row.entity_ref,
    sources: row.sources,
    state: row.state,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    fixedAt: row.fixed_at ?? undefined,
    waiver:
      row.waiver_reason &&
      row.waived_by &&
      row.waived_at &&
      row.waiver_expires_at
        ? {
            reason: row.waiver_reason,
            by: row.waived_by,
            at: row.waived_at.toISOString(),
            expiresAt: row.waiver_expires_at.toISOString(),
          }
        : undefined,
  };
}

/** The columns of a row that follow from its report. */
export function reportColumns(report: MergedReport) {
  const { rule, title, location, identifiers } = report;
  return {
    severity_rank: severityRank(report.severity),
    sources: report.sources,
    report,
    search_text: [
      title,
      rule,
      location?.path,
      report.package?.name,
      ...identifiers,
    ]
      .filter(Boolean)
      .join('\n')
      .toLowerCase(),
  };
}
