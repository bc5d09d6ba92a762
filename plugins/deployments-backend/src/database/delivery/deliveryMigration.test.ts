import { TestDatabases } from '@backstage/backend-test-utils';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../../../migrations`;

describe('20261121150200_delivery.js', () => {
  it('has a new file read at once, and leaves nothing when taken away', async () => {
    const knex = await databases.init('POSTGRES_18');
    const migration = { directory, name: '20261121150200_delivery.js' };
    await knex.migrate.up(migration);
    const [row] = await knex('delivery_files')
      .insert({ entity_ref: 'component:default/shop' })
      .returning('*');
    expect(row).toMatchObject({
      known: false,
      plans: null,
      problems: [],
      due_at: expect.any(Date),
    });
    await knex.migrate.down(migration);
    expect(await knex.schema.hasTable('delivery_files')).toBe(false);
  });
});
