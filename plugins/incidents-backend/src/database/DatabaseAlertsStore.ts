import { databaseTime } from '@forkyard/backend-kit';
import type {
  Alert,
  AlertSeverity,
  AlertSource,
  AlertsSummary,
} from '@forkyard/plugin-incidents-common';
import type { Knex } from 'knex';
import type {
  AlertFilter,
  AlertObservation,
  AlertsStore,
  Announcement,
} from './AlertsStore';
import { toAlert } from './alertRows';
import { appendTimeline } from './DatabaseTimelineStore';
import { mergeObservation } from './operations/mergeObservation';
import { ALERTS, ALERT_SUMMARIES, type DbAlertRow } from './tables';

/**
 * When to tell again what could not be told: after twice the time that it has
 * been waiting, since a channel that is merely slow tells of it after all; not
 * at all after an hour.
 */
const AGAIN = `case when updated_at > now() - interval '1 hour'
                    then clock_timestamp() + greatest(
                      interval '30 seconds', clock_timestamp() - updated_at) end`;

/** Longer than all attempts to tell of one alert take together. */
const TELLING_SECONDS = 60;

/** Keeps alerts in PostgreSQL. */
export class DatabaseAlertsStore implements AlertsStore {
  constructor(private readonly knex: Knex) {}

  now(): Promise<Date> {
    return databaseTime(this.knex);
  }

  async observe(
    observations: AlertObservation[],
    askedAt: Date,
  ): Promise<Alert[]> {
    // In one order for all, so that two who observe never wait for each other.
    const sorted = [...observations].sort((one, other) =>
      keyOf(one) < keyOf(other) ? -1 : 1,
    );
    return this.knex.transaction(async tx => {
      const changed: Alert[] = [];
      for (const observation of sorted) {
        const row = await mergeObservation(tx, observation, askedAt);
        if (row) changed.push(toAlert(row));
      }
      return changed;
    });
  }

  async find(id: string): Promise<Alert | undefined> {
    const row = await this.knex<DbAlertRow>(ALERTS).where({ id }).first();
    return row && toAlert(row);
  }

  async list(filter: AlertFilter): Promise<Alert[]> {
    const query = this.knex<DbAlertRow>(ALERTS)
      .orderBy([
        { column: 'starts_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(filter.limit);
    if (filter.entityRefs) {
      query.whereRaw('entity_ref = any(?)', [filter.entityRefs]);
    }
    if (filter.unassigned) query.whereNull('entity_ref');
    if (filter.severity) query.where({ severity: filter.severity });
    if (filter.states?.length) {
      query.whereIn('state', filter.states);
      // Said again in the words of the partial index.
      if (!filter.states.includes('resolved')) {
        query.whereRaw("state <> 'resolved'");
      }
    }
    if (filter.after) {
      query.whereRaw('(starts_at, id) < (?, ?)', [
        filter.after.startsAt,
        filter.after.id,
      ]);
    }
    return (await query).map(toAlert);
  }

  async listFiringAtSource(source: AlertSource): Promise<string[]> {
    return this.knex<DbAlertRow>(ALERTS)
      .where({ source, firing_at_source: true })
      .orderBy('id')
      .pluck('fingerprint');
  }

  async countFiringAtSource(entityRef: string): Promise<number> {
    const rows = await this.knex<DbAlertRow>(ALERTS)
      .where({ entity_ref: entityRef, firing_at_source: true })
      .count<{ count: string }[]>('* as count');
    return Number(rows[0].count);
  }

  async acknowledge(id: string, by: string): Promise<Alert | undefined> {
    return this.knex.transaction(async tx => {
      const [row] = await tx<DbAlertRow>(ALERTS)
        .where({ id, state: 'firing' })
        .update({
          state: 'acknowledged',
          acknowledged_by: by,
          acknowledged_at: tx.fn.now(3),
          ...this.#changed('acknowledged'),
        })
        .returning('*');
      if (!row) return undefined;
      await appendTimeline(tx, [
        {
          who: by,
          kind: 'alert-acknowledged',
          text: 'Acknowledged',
          alertId: id,
        },
      ]);
      return toAlert(row);
    });
  }

  async resolve(
    id: string,
    by: string,
    comment: string,
  ): Promise<Alert | undefined> {
    return this.knex.transaction(async tx => {
      const [row] = await tx<DbAlertRow>(ALERTS)
        .where({ id })
        .whereNot({ state: 'resolved' })
        .update({
          state: 'resolved',
          resolved_by: by,
          ends_at: tx.fn.now(3),
          ...this.#changed('resolved'),
        })
        .returning('*');
      if (!row) return undefined;
      const still = row.firing_at_source
        ? ` (${row.source} says that it still fires)`
        : '';
      await appendTimeline(tx, [
        {
          who: by,
          kind: 'alert-resolved',
          text: `Resolved by hand${still}: ${comment}`,
          alertId: id,
        },
      ]);
      return toAlert(row);
    });
  }

  async announceNext(
    tell: (announcement: Announcement) => Promise<boolean>,
  ): Promise<boolean> {
    const row = await this.#claimDue();
    if (!row?.announce_change) return false;
    const told = await tell({
      change: row.announce_change,
      alert: toAlert(row),
      leaseId: row.announce_lease_id!,
    });
    // Changes nothing when it took too long, or there is something new to tell.
    await this.knex<DbAlertRow>(ALERTS)
      .where({ id: row.id, announce_lease_id: row.announce_lease_id })
      .update({
        announce_due_at: told ? null : this.knex.raw(AGAIN),
        announce_lease_id: null,
      });
    return true;
  }

  async summarize(entityRefs?: string[]): Promise<AlertsSummary[]> {
    // Of closed alerts there are ever more, so that none of them is read.
    const wanted = entityRefs
      ? 'select unnest(?::text[]) as entity_ref'
      : `select entity_ref from ${ALERTS}
         where state <> 'resolved' and entity_ref is not null
         union select entity_ref from ${ALERT_SUMMARIES}
         where (value->>'firing')::int > 0`;
    // 'page' sorts before 'ticket'.
    const { rows } = await this.knex.raw<{
      rows: {
        entity_ref: string;
        firing: string;
        severity: AlertSeverity | null;
        since: Date | null;
      }[];
    }>(
      `with wanted as (${wanted})
       select entity_ref, count(id) as firing,
              min(severity) as severity, min(starts_at) as since
       from wanted
       left join (select * from ${ALERTS} where state <> 'resolved') as open
         using (entity_ref)
       group by entity_ref`,
      entityRefs ? [entityRefs] : [],
    );
    return rows.map(row => ({
      entityRef: row.entity_ref,
      firing: Number(row.firing),
      highestSeverity: row.severity ?? undefined,
      since: row.since?.toISOString(),
    }));
  }

  async #claimDue(): Promise<DbAlertRow | undefined> {
    const { rows } = await this.knex.raw<{ rows: DbAlertRow[] }>(
      `with due as (
         select id from ${ALERTS}
         where announce_due_at <= current_timestamp(3)
         order by announce_due_at
         limit 1
         for update skip locked
       )
       update ${ALERTS} as held
       set announce_lease_id = gen_random_uuid(),
           announce_due_at = clock_timestamp() + ? * interval '1 second'
       from due
       where held.id = due.id
       returning held.*`,
      [TELLING_SECONDS],
    );
    return rows[0];
  }

  #changed(change: 'acknowledged' | 'resolved') {
    return {
      updated_at: this.knex.fn.now(3),
      announce_change: change,
      announce_due_at: this.knex.fn.now(3),
      announce_lease_id: null,
      announce_decision: null,
    };
  }
}

function keyOf(observation: AlertObservation): string {
  return JSON.stringify([
    observation.source,
    observation.fingerprint,
    observation.startsAt,
  ]);
}
