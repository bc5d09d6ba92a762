import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { classifyChanges } from '@forkyard/plugin-deployments-common';
import { createDeliveryStores } from '../../__testUtils__/createDeliveryStores';
import { shaOf, writeTraffic } from '../../__testUtils__/writeTraffic';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const START = new Date('2026-11-01T00:00:00Z');

async function setUp() {
  const knex = await databases.init('POSTGRES_18');
  const { delivery, commits } = await createDeliveryStores(knex);
  const keys = ['component:default/shop', 'component:default/studio'].map(
    entityRef => ({ entityRef, key: '' }),
  );
  for (const { entityRef } of keys) {
    await writeTraffic(knex, entityRef, {
      history: "A@0 B@10 B'@20 c@30",
      start: START,
    });
  }
  const derive = () =>
    delivery.replaceChanges(keys, ({ spans }) =>
      classifyChanges({ spans, rollouts: [] }),
    );
  await derive();
  return { knex, commits, derive };
}

describe('DatabaseCommitsStore', () => {
  it('enters each commit once, whoever deployed it, and asks for it until its time is known', async () => {
    const { commits, derive } = await setUp();
    const due = await commits.listDue(10);
    expect(due.map(({ sha }) => sha).sort()).toEqual([shaOf('A'), shaOf('B')]);
    expect(due[0].url).toBe(
      `https://github.com/acme/shop/commit/${due[0].sha}`,
    );
    expect(await commits.listDue(1)).toHaveLength(1);

    await commits.saveTime(shaOf('A'), START);
    await derive();
    expect(await commits.listDue(10)).toMatchObject([{ sha: shaOf('B') }]);
  });

  it('asks again elsewhere for what an address did not lead to, and for nothing that is known', async () => {
    const { knex, commits, derive } = await setUp();
    await commits.saveTime(shaOf('B'), START);
    await commits.postpone(shaOf('A'), {
      message: 'Not there',
      definite: true,
    });
    expect(await commits.listDue(10)).toEqual([]);
    const url = `https://github.com/acme/moved/commit/${shaOf('A')}`;
    await knex('deployments')
      .where({ commit_sha: shaOf('A') })
      .update({ commit_url: url });
    await knex('deployments')
      .where({ commit_sha: shaOf('B') })
      .update({ commit_url: 'https://github.com/acme/moved/commit/b' });
    await derive();
    expect(await commits.listDue(10)).toEqual([{ sha: shaOf('A'), url }]);
  });

  it('asks later and later for what could not be read, and gives up on a definite answer', async () => {
    const { knex, commits } = await setUp();
    const sha = shaOf('A');
    const minutes: (number | undefined)[] = [];
    const postpone = async (definite: boolean) => {
      await commits.postpone(sha, { message: 'Not there', definite });
      const [row] = await knex('commits')
        .where({ sha })
        .select(
          'last_error',
          knex.raw('extract(epoch from due_at - now()) / 60 as minutes'),
        );
      expect(row.last_error).toBe('Not there');
      minutes.push(
        row.minutes === null ? undefined : Math.round(Number(row.minutes)),
      );
    };
    for (let attempt = 0; attempt < 12; attempt++) await postpone(false);
    expect(minutes).toEqual([
      1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440,
    ]);
    expect(await commits.listDue(10)).toMatchObject([{ sha: shaOf('B') }]);
    await postpone(true);
    expect(minutes.at(-1)).toBeUndefined();
  });
});
