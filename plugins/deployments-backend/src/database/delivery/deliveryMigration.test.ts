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

describe('20261121192000_named_environments.js', () => {
  it('names the environments of files that were read, has those read anew, and leaves nothing when taken away', async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: '20261121150200_delivery.js' });
    const due_at = new Date('2100-01-01T00:00:00Z');
    const plan = { strategy: 'direct' };
    await knex('delivery_files').insert([
      {
        entity_ref: 'component:default/shop',
        file_etag: 'e',
        plans: { production: plan, staging: plan, preview: plan },
        due_at,
      },
      { entity_ref: 'component:default/other', file_etag: 'f', due_at },
    ]);
    const migration = {
      directory,
      name: '20261121192000_named_environments.js',
    };
    await knex.migrate.up(migration);
    const [other, shop] = await knex('delivery_files').orderBy('entity_ref');
    expect(shop).toMatchObject({ environments: ['staging'], file_etag: null });
    expect(shop.due_at < due_at).toBe(true);
    expect(other).toMatchObject({ environments: [], file_etag: 'f', due_at });

    const key = {
      entity_ref: shop.entity_ref,
      environment: 'staging',
      due_at,
    };
    await knex('delivery_environments').insert(key);
    await knex('delivery_deployments').insert({
      ...key,
      commit_sha: 'a',
      source_id: 'vercel:dpl_1',
    });
    await knex('delivery_files').delete();
    expect(await knex('delivery_environments')).toEqual([]);
    expect(await knex('delivery_deployments')).toEqual([]);

    await knex.migrate.down(migration);
    expect(await knex.schema.hasTable('delivery_environments')).toBe(false);
    expect(await knex.schema.hasColumn('delivery_files', 'environments')).toBe(
      false,
    );
  });
});
