import type { Knex } from 'knex';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import { SLO_ALERTS, type DbSloAlertRow } from '../tables';
import { toAlert } from '../toAlert';

/** Ends those of some alerts that fire. */
export async function resolveAlerts(
  knex: Knex,
  select: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
  endsAt: Date,
): Promise<SloAlert[]> {
  const rows: DbSloAlertRow[] = await select(
    knex(SLO_ALERTS).where({ state: 'firing' }),
  )
    .update({
      state: 'resolved',
      ends_at: knex.raw('greatest(starts_at, ?::timestamptz)', [endsAt]),
    })
    .returning('*');
  return rows.map(toAlert);
}
