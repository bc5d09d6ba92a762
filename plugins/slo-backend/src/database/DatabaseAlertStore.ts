import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { Knex } from 'knex';
import type { AlertStore, FiringAlert, NewAlert } from './AlertStore';
import { openAlerts } from './operations/openAlerts';
import { resolveAlerts } from './operations/resolveAlerts';
import { SLO_ALERTS, type DbSloAlertRow } from './tables';
import { toAlert } from './toAlert';

/** Keeps alerts in PostgreSQL. */
export class DatabaseAlertStore implements AlertStore {
  constructor(private readonly knex: Knex) {}

  async open(alerts: NewAlert[]): Promise<SloAlert[]> {
    return openAlerts(this.knex, alerts);
  }

  async resolve(keys: string[], endsAt: Date): Promise<SloAlert[]> {
    if (keys.length === 0) return [];
    return resolveAlerts(
      this.knex,
      query => query.whereIn('key', keys),
      endsAt,
    );
  }

  async listFiring(source: SloAlert['source']): Promise<FiringAlert[]> {
    const rows = await this.knex<DbSloAlertRow>(SLO_ALERTS)
      .where({ state: 'firing', source })
      .select('key', 'entity_ref', 'slo');
    return rows.map(row => ({
      key: row.key,
      entityRef: row.entity_ref,
      slo: row.slo,
    }));
  }

  async list(request: {
    entityRef?: string;
    state?: SloAlert['state'];
    ids?: string[];
    after?: { startsAt: string; id: string };
    limit: number;
  }): Promise<SloAlert[]> {
    const { entityRef, state, ids, after, limit } = request;
    const query = this.knex<DbSloAlertRow>(SLO_ALERTS)
      .orderBy([
        { column: 'starts_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit);
    if (entityRef) query.where({ entity_ref: entityRef });
    if (state) query.where({ state });
    if (ids) query.whereIn('id', ids);
    if (after) {
      query.whereRaw('(starts_at, id) < (?::timestamptz, ?::uuid)', [
        after.startsAt,
        after.id,
      ]);
    }
    return (await query).map(toAlert);
  }

  async deleteEndedBefore(time: Date): Promise<number> {
    return this.knex(SLO_ALERTS).where('ends_at', '<', time).delete();
  }
}
