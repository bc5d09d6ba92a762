import type pg from 'pg';
import { migrations } from './migrations.js';

/** Any constant that no other user of the database takes: "base" as a number. */
const lockKey = 0x62617365;

/**
 * Brings the schema up to date.
 *
 * All of it is one transaction under an advisory lock, so that of many instances
 * that start at once one does the work and the others find it done, and a
 * migration that fails leaves the schema as it was. The lock belongs to the
 * transaction and therefore works through a connection pooler.
 */
export async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  let broken: boolean = false;
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    await client.query(
      `create table if not exists schema_migrations (
         id text primary key,
         applied_at timestamptz not null default now()
       )`,
    );
    const { rows } = await client.query<{ id: string }>(
      'select id from schema_migrations',
    );
    const applied = new Set(rows.map(({ id }) => id));
    for (const { id, sql } of migrations) {
      if (!applied.has(id)) {
        await client.query(sql);
        await client.query('insert into schema_migrations (id) values ($1)', [
          id,
        ]);
      }
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
