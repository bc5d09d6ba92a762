import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pg from 'pg';
import { Database } from '../src/database/Database.js';
import { migrations } from '../src/database/migrations.js';
import { createTestSchema, skipWithoutPostgres } from './testDatabase.js';

describe('the database', { skip: skipWithoutPostgres }, () => {
  it('is brought up to date once, however many instances start together', async () => {
    const schema = await createTestSchema();
    const instances = Array.from(
      { length: 8 },
      () => new Database({ url: schema.url, connections: 2 }),
    );
    const states = await Promise.all(
      instances.map(instance => instance.check()),
    );
    assert.deepEqual(states, Array(8).fill('ok'));
    const { rows } = await instances[0]!.query<{ id: string }>(
      'select id from schema_migrations order by id',
    );
    assert.deepEqual(
      rows.map(({ id }) => id),
      migrations.map(({ id }) => id),
    );
    await Promise.all(instances.map(instance => instance.close()));
    await schema.drop();
  });

  it('keeps what is there when a later start finds a newer schema to make', async () => {
    const schema = await createTestSchema();
    const client = new pg.Client({ connectionString: schema.url });
    await client.connect();
    // As an instance with only the first migration left it.
    await client.query(
      'create table schema_migrations (id text primary key, applied_at timestamptz default now())',
    );
    await client.query(migrations[0]?.sql ?? '');
    await client.query(
      "insert into schema_migrations values ('0001_accounts')",
    );
    await client.query(
      "insert into users (email, password_hash) values ('ana@example.com', 'x')",
    );

    const database = new Database({ url: schema.url, connections: 1 });
    assert.equal(await database.check(), 'ok');
    const { rows } = await database.query('select email from users');
    assert.deepEqual(rows, [{ email: 'ana@example.com' }]);
    await database.query('select * from usage_logs');
    await database.close();
    await client.end();
    await schema.drop();
  });

  it('tries its migrations again when it had been away', async () => {
    const schema = await createTestSchema();
    const client = new pg.Client({ connectionString: schema.url });
    await client.connect();
    await client.query('create table users (something text)');
    const database = new Database({ url: schema.url, connections: 1 });
    assert.equal(await database.check(), 'down');
    const left = await client.query(
      "select to_regclass('schema_migrations') as it",
    );
    assert.equal(left.rows[0]?.it, null, 'a failed migration leaves nothing');

    await client.query('drop table users');
    assert.equal(await database.check(), 'ok');
    await database.close();
    await client.end();
    await schema.drop();
  });

  it('undoes a transaction that throws', async () => {
    const schema = await createTestSchema();
    const database = new Database({ url: schema.url, connections: 1 });
    await assert.rejects(
      database.transaction(async client => {
        await client.query(
          "insert into users (email, password_hash) values ('ana@example.com', 'x')",
        );
        throw new Error('no');
      }),
      /^Error: no$/,
    );
    const { rows } = await database.query('select * from users');
    assert.deepEqual(rows, []);
    await database.close();
    await schema.drop();
  });
});
