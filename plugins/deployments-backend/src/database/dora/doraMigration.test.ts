import { TestDatabases } from '@backstage/backend-test-utils';
import { writeTraffic } from '../../__testUtils__/writeTraffic';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const directory = `${__dirname}/../../../migrations`;
const INIT = '20261121093000_init.js';
const DORA = '20261121150300_dora.js';

describe('migrations', () => {
  it('20261121150300_dora.js comes to a history that is there, and goes without it', async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.migrate.up({ directory, name: INIT });
    await writeTraffic(knex, 'component:default/shop', {
      history: 'A@0 B@10',
      start: new Date(0),
    });
    await knex.migrate.up({ directory, name: DORA });
    await knex('commits').insert({ sha: 'a'.repeat(40), url: 'https://x' });
    expect(await knex('commits').first()).toMatchObject({
      attempts: 0,
      committed_at: null,
      due_at: expect.any(Date),
    });
    await expect(
      knex('commits').insert({ sha: 'a'.repeat(40), url: 'https://y' }),
    ).rejects.toThrow(/commits_pkey/);

    await knex.migrate.down({ directory, name: DORA });
    for (const table of ['commits', 'delivery_folds', 'delivery_changes']) {
      expect(await knex.schema.hasTable(table)).toBe(false);
    }
    const { rows } = await knex.raw(
      "select 1 from pg_indexes where indexname = 'live_deployments_newest'",
    );
    expect(rows).toEqual([]);
    expect(await knex('live_deployments')).toHaveLength(2);
  });
});
