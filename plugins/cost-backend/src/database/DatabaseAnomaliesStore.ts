import type { CostAnomaly } from '@forkyard/plugin-cost-common';
import type { Knex } from 'knex';
import type {
  AnomaliesStore,
  EntityAnomaly,
  UntoldAnomaly,
} from './AnomaliesStore';
import { COST_ANOMALIES, type DbCostAnomalyRow } from './tables';

/** Keeps unusual days in PostgreSQL. */
export class DatabaseAnomaliesStore implements AnomaliesStore {
  constructor(private readonly knex: Knex) {}

  async replaceAnomalies(options: {
    entityRefs: string[];
    from: string;
    to: string;
    anomalies: EntityAnomaly[];
  }): Promise<void> {
    const { entityRefs, from, to, anomalies } = options;
    const given = [
      anomalies.map(({ entityRef }) => entityRef),
      anomalies.map(({ day }) => day),
    ];
    await this.knex.transaction(async tx => {
      await tx.raw(
        'select pg_advisory_xact_lock(hashtextextended(?, 0))',
        COST_ANOMALIES,
      );
      const gone = () =>
        tx(COST_ANOMALIES)
          .whereRaw('entity_ref = any(?::text[])', [entityRefs])
          .whereBetween('day', [from, to])
          .whereRaw(
            '(entity_ref, day) not in (select * from unnest(?::text[], ?::date[]))',
            given,
          );
      await gone().whereNull('told_at').delete();
      await gone().update({ is_withdrawn: true });
      await tx.raw(
        `insert into ${COST_ANOMALIES} as held (entity_ref, day, amount, usual)
         select * from unnest(?::text[], ?::date[], ?::numeric[], ?::numeric[])
         on conflict (entity_ref, day) do update set
           amount = excluded.amount, usual = excluded.usual, is_withdrawn = false
         where (held.amount, held.usual, held.is_withdrawn)
           is distinct from (excluded.amount, excluded.usual, false)`,
        [
          ...given,
          anomalies.map(({ amount }) => amount),
          anomalies.map(({ usual }) => usual),
        ],
      );
    });
  }

  async listAnomalies(
    entityRef: string,
    range: { from: string; to: string },
  ): Promise<CostAnomaly[]> {
    const rows: DbCostAnomalyRow[] = await this.knex(COST_ANOMALIES)
      .where({ entity_ref: entityRef, is_withdrawn: false })
      .whereBetween('day', [range.from, range.to])
      .orderBy(`${COST_ANOMALIES}.day`, 'desc')
      .select('*', this.knex.raw('day::text as day'));
    return rows.map(({ day, amount, usual }) => ({ day, amount, usual }));
  }

  async listUntold(limit: number): Promise<UntoldAnomaly[]> {
    const { rows } = await this.knex.raw<{
      rows: (DbCostAnomalyRow & { goes_on: boolean })[];
    }>(
      `select a.*, a.day::text as day, exists (
         select 1 from ${COST_ANOMALIES} as before
         where before.entity_ref = a.entity_ref and before.day = a.day - 1
           and not before.is_withdrawn
       ) as goes_on
       from ${COST_ANOMALIES} as a
       where a.told_at is null or a.is_withdrawn
       order by a.day, a.entity_ref
       limit ?`,
      [limit],
    );
    return rows.map(row => ({
      entityRef: row.entity_ref,
      day: row.day,
      amount: row.amount,
      usual: row.usual,
      change: row.is_withdrawn ? 'withdrawn' : 'found',
      isNotified: row.is_notified,
      goesOn: row.goes_on,
    }));
  }

  async markTold(
    { entityRef, day, change }: UntoldAnomaly,
    { isNotified }: { isNotified: boolean },
  ): Promise<void> {
    const row = () =>
      this.knex<DbCostAnomalyRow>(COST_ANOMALIES).where({
        entity_ref: entityRef,
        day,
      });
    if (change === 'withdrawn') {
      await row().where({ is_withdrawn: true }).delete();
    } else {
      await row().update({
        told_at: this.knex.fn.now(),
        is_notified: isNotified,
      });
    }
  }
}
