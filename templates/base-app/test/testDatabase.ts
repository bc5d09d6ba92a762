import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Whether there is a PostgreSQL to test against; a reason to skip otherwise. */
export const skipWithoutPostgres = process.env.POSTGRES_URL
  ? false
  : 'POSTGRES_URL is not set';

/** An empty schema of its own, so that tests neither meet nor leave anything. */
export async function createTestSchema() {
  const schema = `test_${randomBytes(8).toString('hex')}`;
  const admin = new pg.Client({ connectionString: process.env.POSTGRES_URL });
  await admin.connect();
  await admin.query(`create schema ${schema}`);
  const url = new URL(process.env.POSTGRES_URL ?? '');
  url.searchParams.set('options', `-c search_path=${schema}`);
  return {
    url: url.href,
    async drop() {
      await admin.query(`drop schema ${schema} cascade`);
      await admin.end();
    },
  };
}
