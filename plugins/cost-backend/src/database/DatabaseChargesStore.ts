import { databaseTime } from '@forkyard/backend-kit';
import type {
  Charge,
  DailyCost,
  RejectedLines,
  StaleDay,
} from '@forkyard/plugin-cost-common';
import type { Knex } from 'knex';
import type {
  ChargesStore,
  Coverage,
  DayAnswer,
  DayOutcome,
} from './ChargesStore';
import { replaceDays } from './operations/replaceDays';
import {
  CHARGE_DAYS,
  CHARGE_SOURCES,
  CHARGES,
  PROJECT_ENTITIES,
  type DbChargeDayRow,
  type DbChargeRow,
  type DbChargeSourceRow,
} from './tables';

type Range = { from: string; to: string };

const USD = 'USD';

/**
 * Keeps charges in PostgreSQL. They are as fine as a day, a project and a
 * service already, so that sums are made when they are asked for.
 */
export class DatabaseChargesStore implements ChargesStore {
  constructor(private readonly knex: Knex) {}

  now(): Promise<Date> {
    return databaseTime(this.knex);
  }

  async listCheckedDays(source: string): Promise<Map<string, Date>> {
    const rows: Pick<DbChargeDayRow, 'day' | 'checked_at'>[] = await this.knex(
      CHARGE_DAYS,
    )
      .where({ source })
      .select('checked_at', this.knex.raw('day::text as day'));
    return new Map(rows.map(row => [row.day, row.checked_at]));
  }

  async replaceDays(options: {
    source: string;
    title: string;
    askedAt: Date;
    answers: DayAnswer[];
    acceptShrunken: boolean;
  }): Promise<DayOutcome[]> {
    return this.knex.transaction(tx => replaceDays(tx, options));
  }

  async recordSuccess(source: string, rejected: RejectedLines): Promise<void> {
    await this.knex(CHARGE_SOURCES)
      .insert({
        source,
        last_error: null,
        failing_since: null,
        rejected_count: rejected.count,
        rejected_examples: JSON.stringify(rejected.examples),
      })
      .onConflict('source')
      .merge();
  }

  async recordFailure(source: string, error: string): Promise<void> {
    await this.knex(CHARGE_SOURCES)
      .insert({
        source,
        last_error: error,
        failing_since: this.knex.fn.now(),
      })
      .onConflict('source')
      .merge({
        last_error: error,
        failing_since: this.knex.raw(
          `coalesce(${CHARGE_SOURCES}.failing_since, now())`,
        ),
      });
  }

  async getCoverage({ from, to }: Range): Promise<Coverage> {
    const rows: DbChargeDayRow[] = await this.knex(CHARGE_DAYS)
      .whereBetween('day', [from, to])
      .orderBy(`${CHARGE_DAYS}.day`, 'desc')
      .select('*', this.knex.raw('day::text as day'));
    const failing: DbChargeSourceRow | undefined =
      await this.knex<DbChargeSourceRow>(CHARGE_SOURCES)
        .whereNotNull('last_error')
        .orderBy('source')
        .first();
    return {
      asOf: rows.at(0)?.told_at,
      latestChargedDay: rows.find(row => row.charge_count > 0)?.day,
      days: new Set(rows.map(row => row.day)),
      staleReason:
        failing?.last_error ??
        rows.find(row => row.stale_reason)?.stale_reason ??
        undefined,
    };
  }

  async getRejectedLines(): Promise<RejectedLines> {
    const rows = await this.knex<DbChargeSourceRow>(CHARGE_SOURCES).select();
    return {
      count: rows.reduce((sum, row) => sum + row.rejected_count, 0),
      examples: rows.flatMap(row => row.rejected_examples),
    };
  }

  async listStaleDays(limit: number): Promise<StaleDay[]> {
    const rows: DbChargeDayRow[] = await this.knex(CHARGE_DAYS)
      .whereNotNull('stale_reason')
      .orderBy(`${CHARGE_DAYS}.day`, 'desc')
      .limit(limit)
      .select('*', this.knex.raw('day::text as day'));
    return rows.map(row => ({
      day: row.day,
      reason: row.stale_reason ?? '',
      since: (row.stale_since ?? row.checked_at).toISOString(),
    }));
  }

  async listFirstDays(entityRefs: string[]): Promise<Map<string, string>> {
    const { rows } = await this.knex.raw<{
      rows: { entity_ref: string; day: string }[];
    }>(
      `select p.entity_ref, min(first.day)::text as day
       from ${PROJECT_ENTITIES} as p
       cross join lateral (
         select day from ${CHARGES} as c
         where c.project_key = p.project_key order by c.day limit 1
       ) as first
       where p.entity_ref = any(?::text[])
       group by p.entity_ref`,
      [entityRefs],
    );
    return new Map(rows.map(row => [row.entity_ref, row.day]));
  }

  async sumByDay(entityRefs: string[], range: Range) {
    const rows: { entity_ref: string; day: string; amount: string }[] =
      await this.#ofEntities(entityRefs, range)
        .where('c.currency', USD)
        .groupBy('p.entity_ref', 'c.day')
        .orderBy(['p.entity_ref', 'c.day'])
        .select(
          'p.entity_ref',
          this.knex.raw('c.day::text as day'),
          this.knex.raw('sum(c.amount)::text as amount'),
        );
    return rows.map(row => ({
      entityRef: row.entity_ref,
      day: row.day,
      amount: row.amount,
    }));
  }

  async sumByService(entityRef: string, range: Range) {
    const rows: { service: string; currency: string; amount: string }[] =
      await this.#ofEntities([entityRef], range)
        .groupBy('c.service', 'c.currency')
        .orderByRaw('sum(c.amount) desc, c.service')
        .select(
          'c.service',
          'c.currency',
          this.knex.raw('sum(c.amount)::text as amount'),
        );
    return rows;
  }

  async sumRequests(
    entityRef: string,
    range: Range & { services: string[] },
  ): Promise<string | undefined> {
    const [row]: { requests: string | null }[] = await this.#ofEntities(
      [entityRef],
      range,
    )
      .whereRaw('lower(c.service) = any(?::text[])', [
        range.services.map(service => service.toLowerCase()),
      ])
      .where('c.category', 'Usage')
      .whereRaw("lower(c.unit) in ('request', 'requests')")
      .select(this.knex.raw('sum(c.quantity)::text as requests'));
    return row.requests ?? undefined;
  }

  async listDailyCosts(
    entityRef: string,
    range: Range & { after?: { day: string; service: string }; limit: number },
  ): Promise<DailyCost[]> {
    const query = this.#ofEntities([entityRef], range)
      .where('c.currency', USD)
      .groupBy('c.day', 'c.service')
      .orderBy(['c.day', 'c.service'])
      .limit(range.limit);
    if (range.after) {
      query.whereRaw('(c.day, c.service) > (?::date, ?)', [
        range.after.day,
        range.after.service,
      ]);
    }
    const rows: DailyCost[] = await query.select(
      'c.service',
      this.knex.raw('c.day::text as day'),
      this.knex.raw('sum(c.amount)::text as amount'),
    );
    return rows.map(({ day, service, amount }) => ({ day, service, amount }));
  }

  async listCharges(
    entityRef: string,
    range: Range & {
      after?: { day: string; source: string; ordinal: number };
      limit: number;
    },
  ): Promise<Charge[]> {
    const query = this.#ofEntities([entityRef], range)
      .orderBy([
        { column: 'c.day', order: 'desc' },
        { column: 'c.source', order: 'desc' },
        { column: 'c.ordinal', order: 'desc' },
      ])
      .limit(range.limit);
    if (range.after) {
      const { day, source, ordinal } = range.after;
      query.whereRaw('(c.day, c.source, c.ordinal) < (?::date, ?, ?)', [
        day,
        source,
        ordinal,
      ]);
    }
    const rows: DbChargeRow[] = await query.select(
      'c.*',
      this.knex.raw('c.day::text as day'),
    );
    return rows.map(toCharge);
  }

  async sumForBill(range: Range) {
    const rows: {
      service: string;
      project_key: string | null;
      project_name: string | null;
      amount: string;
    }[] = await this.knex({ c: CHARGES })
      .whereBetween('c.day', [range.from, range.to])
      .where('c.currency', USD)
      .groupByRaw(
        "c.project_key, case when c.project_key is null then c.service else '' end",
      )
      .select(
        'c.project_key',
        this.knex.raw(
          "case when c.project_key is null then c.service else '' end as service",
        ),
        this.knex.raw('max(c.project_name) as project_name'),
        this.knex.raw('sum(c.amount)::text as amount'),
      );
    return rows.map(row => ({
      amount: row.amount,
      service: row.service,
      projectId: row.project_key ?? undefined,
      projectName: row.project_name ?? undefined,
    }));
  }

  async sumOtherCurrencies(range: Range) {
    const rows: { currency: string; amount: string }[] = await this.knex(
      CHARGES,
    )
      .whereBetween('day', [range.from, range.to])
      .whereNot('currency', USD)
      .groupBy('currency')
      .orderBy('currency')
      .select('currency', this.knex.raw('sum(amount)::text as amount'));
    return rows.map(({ currency, amount }) => ({ currency, amount }));
  }

  async listChargedEntities(days: string[]): Promise<string[]> {
    const rows: { entity_ref: string }[] = await this.knex({ c: CHARGES })
      .join({ p: PROJECT_ENTITIES }, 'p.project_key', 'c.project_key')
      .whereRaw('c.day = any(?::date[])', [days])
      .distinct('p.entity_ref')
      .limit(1000);
    return rows.map(row => row.entity_ref);
  }

  #ofEntities(entityRefs: string[], { from, to }: Range) {
    return this.knex({ p: PROJECT_ENTITIES })
      .join({ c: CHARGES }, 'c.project_key', 'p.project_key')
      .whereRaw('p.entity_ref = any(?::text[])', [entityRefs])
      .whereBetween('c.day', [from, to]);
  }
}

function toCharge(row: DbChargeRow): Charge {
  return {
    id: `${row.source}:${row.day}:${row.ordinal}`,
    source: row.source,
    day: row.day,
    category: row.category,
    service: row.service,
    amount: row.amount,
    currency: row.currency,
    projectId: row.project_key ?? undefined,
    quantity: row.quantity ?? undefined,
    unit: row.unit ?? undefined,
    region: row.region ?? undefined,
    other: row.other,
  };
}
