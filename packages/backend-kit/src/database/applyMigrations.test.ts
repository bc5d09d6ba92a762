import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { applyMigrations } from './applyMigrations';

describe('applyMigrations', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'migrations-'));
    await writeFile(
      join(directory, '20260101000000_things.js'),
      `exports.up = async knex => {
        await knex.schema.createTable('things', table => table.text('id'));
        await knex.raw('select pg_sleep(0.1)');
      };
      exports.down = knex => knex.schema.dropTable('things');`,
    );
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('lets replicas that start together take turns, and repeats without harm', async () => {
    const knex = await databases.init('POSTGRES_18');
    const database = { getClient: async () => knex };

    await Promise.all(
      [1, 2, 3].map(() => applyMigrations({ database, directory })),
    );

    expect(await knex('things').select()).toEqual([]);
    // Tests beside this one have their locks on the same server.
    const locks = await knex('pg_locks')
      .join('pg_database', 'pg_database.oid', 'pg_locks.database')
      .whereRaw('datname = current_database()')
      .where({ locktype: 'advisory' });
    expect(locks).toEqual([]);
  });

  it('leaves the schema alone when migrations are skipped', async () => {
    const knex = await databases.init('POSTGRES_18');
    await applyMigrations({
      database: { getClient: async () => knex, migrations: { skip: true } },
      directory,
    });
    expect(await knex.schema.hasTable('things')).toBe(false);
  });

  it('refuses any other database by name', async () => {
    const knex = await databases.init('POSTGRES_18');
    const other = Object.assign(() => {}, {
      client: { config: { client: 'better-sqlite3' } },
    }) as unknown as typeof knex;
    await expect(
      applyMigrations({
        database: mockServices.database.mock({ getClient: async () => other }),
        directory,
      }),
    ).rejects.toThrow(/'backend.database.client' is 'better-sqlite3'/);
  });
});
