import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { reuseDatabase } from './reuseDatabase';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

async function createTables(knex: Knex) {
  await knex.schema.createTable('knex_migrations', table => table.text('name'));
  await knex('knex_migrations').insert({ name: 'first.js' });
  await knex.schema.createTable('parents', table => {
    table.increments('id');
  });
  await knex.schema.createTable('children', table => {
    table.integer('parent_id').references('id').inTable('parents');
  });
}

describe('reuseDatabase', () => {
  it('gives the same database without rows, numbers from one and its migrations', async () => {
    const first = await databases.init('POSTGRES_18');
    await createTables(first);
    const insert = () => first('parents').insert({}).returning('id');
    const [{ id }] = await insert();
    await first('children').insert({ parent_id: id });

    const second = await databases.init('POSTGRES_18');
    expect(second).toBe(first);
    expect(await second('parents')).toEqual([]);
    expect(await second('children')).toEqual([]);
    expect(await second('knex_migrations')).toEqual([{ name: 'first.js' }]);
    expect(await insert()).toEqual([{ id: 1 }]);
  });
});
