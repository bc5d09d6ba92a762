import type { Knex } from 'knex';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { NewAlert } from '../AlertStore';
import { SLO_ALERTS, type DbSloAlertRow } from '../tables';
import { toAlert } from '../toAlert';

/** Begins alerts; of those whose key fires already, nothing changes. */
export async function openAlerts(
  knex: Knex,
  alerts: NewAlert[],
): Promise<SloAlert[]> {
  if (alerts.length === 0) return [];
  const rows: DbSloAlertRow[] = await knex(SLO_ALERTS)
    .insert(
      alerts.map(alert => ({
        key: alert.key,
        entity_ref: alert.entityRef,
        slo: alert.slo,
        slo_id: alert.sloId ?? null,
        severity: alert.severity,
        state: 'firing',
        source: alert.source,
        starts_at: new Date(alert.startsAt),
        summary: alert.summary,
        runbook: alert.runbook ?? null,
        evidence: alert.evidence ? JSON.stringify(alert.evidence) : null,
      })),
    )
    .onConflict(knex.raw("(key) where state = 'firing'"))
    .ignore()
    .returning('*');
  return rows.map(toAlert);
}
