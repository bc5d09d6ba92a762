import type { Knex } from 'knex';

/** Reads the database's clock, so that replicas with different ones agree. */
export async function databaseTime(knex: Knex): Promise<Date> {
  const { rows } = await knex.raw<{ rows: { now: Date }[] }>(
    'select clock_timestamp() as now',
  );
  return rows[0].now;
}
