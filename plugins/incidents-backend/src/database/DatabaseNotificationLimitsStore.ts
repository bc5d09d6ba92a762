import type { Knex } from 'knex';
import type {
  NotificationDecision,
  NotificationLimitsStore,
  NotificationRequest,
  Withheld,
} from './NotificationLimitsStore';
import {
  ALERTS,
  NOTIFICATION_LIMITS,
  type DbAlertRow,
  type DbNotificationLimitRow,
} from './tables';

const HOUR_MS = 3_600_000;
/** Longer than a notification takes. */
const TELLING_SECONDS = 60;

type LockedRow = DbNotificationLimitRow & { now: Date };

/** Keeps one row for each entity, whose lock orders all decisions about it. */
export class DatabaseNotificationLimitsStore implements NotificationLimitsStore {
  constructor(private readonly knex: Knex) {}

  async decide(request: NotificationRequest): Promise<NotificationDecision> {
    return this.knex.transaction(async tx => {
      const limit = await lock(tx, request.entityRef);
      const alert = await tx<DbAlertRow>(ALERTS)
        .where({ id: request.alertId, announce_lease_id: request.leaseId })
        .forUpdate()
        .first('announce_decision');
      if (alert?.announce_decision) return alert.announce_decision;

      const recent = limit.sent_at.filter(
        at => limit.now.getTime() - at.getTime() < HOUR_MS,
      );
      const decision = recent.length < request.allowance ? 'send' : 'withhold';
      if (alert) {
        await tx<DbAlertRow>(ALERTS)
          .where({ id: request.alertId })
          .update({ announce_decision: decision });
      }
      await tx<DbNotificationLimitRow>(NOTIFICATION_LIMITS)
        .where({ entity_ref: request.entityRef })
        .update(
          decision === 'send'
            ? { sent_at: [...recent, limit.now] }
            : { sent_at: recent, ...holdBack(limit, request) },
        );
      return decision;
    });
  }

  async tellNext(
    tell: (withheld: Withheld) => Promise<boolean>,
  ): Promise<boolean> {
    const row = await this.#claimDue();
    if (!row) return false;
    const told = await tell({
      entityRef: row.entity_ref,
      alerts: row.more_alerts,
      pages: row.more_pages,
      ends: row.more_ends,
      isComplete: !isWithinHour(row),
    });
    // Changes nothing when it took too long, or a page was held back meanwhile.
    await this.knex<DbNotificationLimitRow>(NOTIFICATION_LIMITS)
      .where({ entity_ref: row.entity_ref, lease_id: row.lease_id })
      .update({ lease_id: null, ...this.#afterTelling(row, told) });
    return true;
  }

  #afterTelling(row: LockedRow, told: boolean) {
    const raw = (sql: string, values: number[] = []) =>
      this.knex.raw(sql, values);
    if (!told && row.now.getTime() - row.since!.getTime() < 2 * HOUR_MS) {
      return { due_at: raw("clock_timestamp() + interval '1 minute'") };
    }
    if (told && isWithinHour(row)) {
      return { due_at: raw("since + interval '1 hour'") };
    }
    // What was held back while this was told begins the next hour.
    const next = raw(
      'case when more_alerts > ? or more_ends > ? then clock_timestamp() end',
      [row.more_alerts, row.more_ends],
    );
    return {
      more_alerts: raw('more_alerts - ?', [row.more_alerts]),
      more_pages: raw('more_pages - ?', [row.more_pages]),
      more_ends: raw('more_ends - ?', [row.more_ends]),
      since: next,
      due_at: next,
    };
  }

  async #claimDue(): Promise<LockedRow | undefined> {
    const { rows } = await this.knex.raw<{ rows: LockedRow[] }>(
      `with due as (
         select entity_ref from ${NOTIFICATION_LIMITS}
         where due_at <= current_timestamp(3)
         order by due_at
         limit 1
         for update skip locked
       )
       update ${NOTIFICATION_LIMITS} as held
       set lease_id = gen_random_uuid(),
           due_at = clock_timestamp() + ? * interval '1 second'
       from due
       where held.entity_ref = due.entity_ref
       returning held.*, clock_timestamp() as now`,
      [TELLING_SECONDS],
    );
    return rows[0];
  }
}

async function lock(tx: Knex, entityRef: string): Promise<LockedRow> {
  await tx<DbNotificationLimitRow>(NOTIFICATION_LIMITS)
    .insert({ entity_ref: entityRef })
    .onConflict('entity_ref')
    .ignore();
  return tx<DbNotificationLimitRow>(NOTIFICATION_LIMITS)
    .where({ entity_ref: entityRef })
    .forUpdate()
    .first('*', tx.raw('clock_timestamp() as now'))
    .then(row => row as LockedRow);
}

function holdBack(
  held: LockedRow,
  { change, severity }: NotificationRequest,
): Partial<DbNotificationLimitRow> {
  const isAlert = change === 'fired';
  const isPage = isAlert && severity === 'page';
  const isFirst = !held.since || (isPage && held.more_pages === 0);
  return {
    more_alerts: held.more_alerts + (isAlert ? 1 : 0),
    more_pages: held.more_pages + (isPage ? 1 : 0),
    more_ends: held.more_ends + (isAlert ? 0 : 1),
    since: held.since ?? held.now,
    // Once the hour is over, the sum is about to be told anyway.
    ...(isFirst && isWithinHour(held) && { due_at: held.now, lease_id: null }),
  };
}

function isWithinHour({ since, now }: LockedRow): boolean {
  return !since || now.getTime() - since.getTime() < HOUR_MS;
}
