import type { Alert } from '@forkyard/plugin-incidents-common';
import type { DbAlertRow } from './tables';

/** Turns a row into what others see. */
export function toAlert(row: DbAlertRow): Alert {
  return {
    id: row.id,
    entityRef: row.entity_ref ?? undefined,
    source: row.source,
    fingerprint: row.fingerprint,
    title: row.title,
    summary: row.summary,
    severity: row.severity,
    state: row.state,
    firingAtSource: row.firing_at_source,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at?.toISOString(),
    acknowledgedBy: row.acknowledged_by ?? undefined,
    acknowledgedAt: row.acknowledged_at?.toISOString(),
    resolvedBy: row.resolved_by ?? undefined,
    runbook: row.runbook ?? undefined,
    labels: row.labels,
    url: row.url ?? undefined,
    updatedAt: row.updated_at.toISOString(),
  };
}
