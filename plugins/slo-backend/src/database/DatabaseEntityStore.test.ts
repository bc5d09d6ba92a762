import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { SloDefinition } from '../openslo/SloDefinition';
import type { NewAlert } from './AlertStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const CAFE = 'component:default/cafe';
const NOW = new Date('2026-11-21T12:00:00Z');
const definitions: SloDefinition[] = [
  {
    name: 'availability',
    title: 'Availability',
    objective: 0.999,
    windowDays: 30,
    indicator: { type: 'availability' },
  },
];

const file = (entityRef: string, url = 'https://x/slo.yaml') => ({
  entityRef,
  url,
  path: 'slo.yaml',
});

const alert = (entityRef: string, key: string): NewAlert => ({
  key,
  entityRef,
  slo: 'availability',
  severity: 'page',
  startsAt: NOW.toISOString(),
  summary: 'It burns',
  source: 'slo',
});

async function setUp() {
  const knex = await databases.init('POSTGRES_18');
  const stores = await createTestStores(knex);
  await stores.entities.track([file(SHOP), file(CAFE)]);
  return { knex, ...stores };
}

describe('DatabaseEntityStore', () => {
  it('reads a file when it is new, has moved, or is asked for', async () => {
    const { entities } = await setUp();
    const unchanged = { outcome: 'unchanged', nextInSeconds: 60 } as const;
    expect((await entities.listDueFiles(10)).sort()).toEqual([CAFE, SHOP]);
    await entities.saveFile(SHOP, unchanged);
    await entities.saveFile(CAFE, unchanged);
    await entities.track([file(SHOP), file(CAFE)]);
    expect(await entities.listDueFiles(10)).toEqual([]);
    await entities.track([file(SHOP, 'https://y/slo.yaml')]);
    expect(await entities.listDueFiles(10)).toEqual([SHOP]);
    await entities.requestFile(CAFE);
    expect(await entities.listDueFiles(10)).toHaveLength(2);
    expect(await entities.listDueFiles(1)).toHaveLength(1);
  });

  it('keeps the last good definitions whatever happens to the file', async () => {
    const { entities } = await setUp();
    const nextInSeconds = 60;
    await entities.saveFile(SHOP, {
      outcome: 'read',
      etag: '1',
      definitions,
      nextInSeconds,
    });
    const problems = [{ path: 'slo.yaml', line: 3, message: 'Wrong' }];
    await entities.saveFile(SHOP, {
      outcome: 'faulty',
      etag: '2',
      problems,
      nextInSeconds,
    });
    expect(await entities.find(SHOP)).toMatchObject({
      definitions,
      problems,
      file: { etag: '2' },
    });
    await entities.saveFile(SHOP, {
      outcome: 'failed',
      error: 'Away',
      nextInSeconds,
    });
    expect(await entities.find(SHOP)).toMatchObject({
      definitions,
      problems,
      file: { etag: '2', error: 'Away' },
    });
    await entities.saveFile(SHOP, { outcome: 'unchanged', nextInSeconds });
    const held = await entities.find(SHOP);
    expect(held).toMatchObject({ definitions, problems });
    expect(held!.file.error).toBeUndefined();
    await entities.saveFile(SHOP, {
      outcome: 'read',
      definitions: [],
      nextInSeconds,
    });
    expect(await entities.find(SHOP)).toMatchObject({
      definitions: [],
      problems: [],
    });
  });

  it('forgets an entity, and ends its alerts and no others', async () => {
    const { entities, alerts } = await setUp();
    await alerts.open([alert(SHOP, 'one'), alert(CAFE, 'two')]);
    const ended = await entities.untrack([SHOP], NOW);
    expect(ended).toEqual([
      expect.objectContaining({ entityRef: SHOP, state: 'resolved' }),
    ]);
    expect(await entities.listEntityRefs()).toEqual([CAFE]);
    expect(await alerts.listFiring('slo')).toEqual([
      { key: 'two', entityRef: CAFE, slo: 'availability' },
    ]);
    expect(await entities.find(SHOP)).toBeUndefined();
    expect(await entities.untrack([], NOW)).toEqual([]);
  });

  it('moves a project at once, and keeps one that is not named for a day', async () => {
    const { entities, knex } = await setUp();
    const both = [
      { projectId: 'prj_1', entityRef: SHOP },
      { projectId: 'prj_2', entityRef: SHOP },
    ];
    expect((await entities.saveProjects(both)).sort()).toEqual([
      'prj_1',
      'prj_2',
    ]);
    expect(await entities.saveProjects(both)).toEqual([]);
    expect(
      await entities.saveProjects([{ projectId: 'prj_1', entityRef: CAFE }]),
    ).toEqual(['prj_1']);
    expect(await entities.listProjectIds(SHOP)).toEqual(['prj_2']);
    expect(await entities.listProjectIds(CAFE)).toEqual(['prj_1']);

    await entities.saveProjects([]);
    expect(await entities.listProjectIds(CAFE)).toEqual(['prj_1']);
    await knex('slo_projects')
      .where({ project_id: 'prj_2' })
      .update({ seen_at: knex.raw("now() - interval '25 hours'") });
    await entities.saveProjects([{ projectId: 'prj_1', entityRef: CAFE }]);
    expect(await entities.listProjectIds(SHOP)).toEqual([]);
  });
});

describe('DatabaseAlertStore', () => {
  it('opens an alert once while it fires, and anew after it has ended', async () => {
    const { alerts } = await setUp();
    const results = await Promise.all(
      [1, 2, 3].map(() => alerts.open([alert(SHOP, 'one')])),
    );
    expect(results.flat()).toHaveLength(1);
    const ended = await Promise.all(
      [1, 2, 3].map(() => alerts.resolve(['one', 'none'], NOW)),
    );
    expect(ended.flat()).toHaveLength(1);
    expect(await alerts.open([alert(SHOP, 'one')])).toHaveLength(1);
  });

  it('does not let an alert end before it began', async () => {
    const { alerts } = await setUp();
    await alerts.open([alert(SHOP, 'one')]);
    const [ended] = await alerts.resolve(['one'], new Date(0));
    expect(ended.endsAt).toBe(NOW.toISOString());
  });

  it('pages newest first without losing those that began together', async () => {
    const { alerts } = await setUp();
    await alerts.open(
      Array.from({ length: 5 }, (_, index) => alert(SHOP, `key-${index}`)),
    );
    await alerts.open([
      { ...alert(CAFE, 'old'), startsAt: '2026-11-20T00:00:00.000Z' },
    ]);
    const seen = [];
    let after: { startsAt: string; id: string } | undefined;
    for (;;) {
      const page = await alerts.list({ after, limit: 2 });
      if (page.length === 0) break;
      seen.push(...page);
      after = page.at(-1);
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(6);
    expect(seen.at(-1)!.entityRef).toBe(CAFE);
    expect(await alerts.list({ entityRef: CAFE, limit: 9 })).toHaveLength(1);
    expect(await alerts.list({ ids: [], limit: 9 })).toEqual([]);
    expect(await alerts.list({ state: 'resolved', limit: 9 })).toEqual([]);
  });

  it('forgets alerts that ended long ago, and none that fires', async () => {
    const { alerts } = await setUp();
    await alerts.open([alert(SHOP, 'one'), alert(SHOP, 'two')]);
    await alerts.resolve(['one'], NOW);
    const later = new Date(NOW.getTime() + 1);
    expect(await alerts.deleteEndedBefore(NOW)).toBe(0);
    expect(await alerts.deleteEndedBefore(later)).toBe(1);
    expect(await alerts.list({ limit: 9 })).toHaveLength(1);
  });
});
