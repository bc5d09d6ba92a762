import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { DbSloAlertRow } from './tables';

export function toAlert(row: DbSloAlertRow): SloAlert {
  return {
    id: row.id,
    entityRef: row.entity_ref,
    slo: row.slo,
    sloId: row.slo_id ?? undefined,
    severity: row.severity,
    state: row.state,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at?.toISOString(),
    summary: row.summary,
    runbook: row.runbook ?? undefined,
    source: row.source,
    evidence: row.evidence ?? undefined,
  };
}
