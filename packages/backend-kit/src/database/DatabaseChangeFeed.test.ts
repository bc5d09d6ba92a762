import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { DatabaseChangeFeed } from './DatabaseChangeFeed';

type Summary = { entityRef: string; open: number; asOf?: string };

describe('DatabaseChangeFeed', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
  let knex: Knex;
  let feed: DatabaseChangeFeed<Summary>;

  beforeAll(async () => {
    knex = await databases.init('POSTGRES_18');
    await knex.schema.createTable('summaries', table => {
      table.text('entity_ref').primary();
      table.jsonb('value').notNullable();
      table.specificType('change_sequence', 'bigserial').notNullable().unique();
    });
    feed = new DatabaseChangeFeed<Summary>({ knex, table: 'summaries' });
  });

  afterEach(() => knex('summaries').delete());

  it('tells each value once, in the order of the last change', async () => {
    await feed.put([
      { entityRef: 'a', open: 1 },
      { entityRef: 'b', open: 2 },
      { entityRef: 'c', open: 3 },
    ]);
    const first = await feed.list({ limit: 2 });
    expect(first.items.map(item => item.entityRef)).toEqual(['a', 'b']);
    expect(first.hasMore).toBe(true);

    await feed.put([{ entityRef: 'a', open: 9 }]);
    const second = await feed.list({ cursor: first.cursor, limit: 10 });
    expect(second.items).toEqual([
      { entityRef: 'c', open: 3 },
      { entityRef: 'a', open: 9 },
    ]);
    expect(second.hasMore).toBe(false);
    expect(await feed.list({ cursor: second.cursor, limit: 10 })).toEqual({
      items: [],
      cursor: second.cursor,
      hasMore: false,
    });
  });

  it('stays silent when nothing but the time of the look changed', async () => {
    await feed.put([{ entityRef: 'a', open: 1, asOf: 'then' }]);
    const { cursor } = await feed.list({ limit: 10 });
    await feed.put([{ entityRef: 'a', open: 1, asOf: 'now' }]);
    expect((await feed.list({ cursor, limit: 10 })).items).toEqual([]);
    expect((await feed.list({ limit: 10 })).items[0].asOf).toBe('now');
  });

  it('lets a reader miss nothing while several write', async () => {
    const seen = new Set<string>();
    let cursor: string | undefined;
    const read = async () => {
      const page = await feed.list({ cursor, limit: 100 });
      cursor = page.cursor;
      for (const { entityRef, open } of page.items) {
        seen.add(`${entityRef}=${open}`);
      }
    };
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let turn = 1; turn <= 10; turn++) {
        await feed.put([{ entityRef: `e${writer}`, open: turn }]);
        await read();
      }
    });
    await Promise.all(writers);
    await read();
    for (let writer = 0; writer < 4; writer++) {
      expect(seen).toContain(`e${writer}=10`);
    }
  });

  it('refuses a cursor that it did not give', async () => {
    await expect(feed.list({ cursor: 'x', limit: 1 })).rejects.toThrow(
      'begin again without a cursor',
    );
  });
});
