import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { AlertObservation, Announcement } from './AlertsStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute));

const observation = (
  more: Partial<AlertObservation> = {},
): AlertObservation => ({
  source: 'alertmanager',
  fingerprint: 'f1',
  startsAt: at(0),
  entityRef: SHOP,
  title: 'Errors',
  summary: 'Too many',
  severity: 'page',
  labels: { alertname: 'Errors' },
  ...more,
});

const resolved = (more: Partial<AlertObservation> = {}) =>
  observation({ endsAt: at(5), ...more });

async function create() {
  const knex = await databases.init('POSTGRES_18');
  const stores = await createTestStores(knex);
  const { alerts } = stores;
  const only = async () => (await alerts.list({ limit: 10 }))[0];
  const kinds = async (id: string) =>
    (await stores.timeline.list({ alertId: id })).map(({ kind }) => kind);
  const announced = async () => {
    const told: string[] = [];
    while (
      await alerts.announceNext(async ({ change }) => {
        told.push(change);
        return true;
      })
    );
    return told;
  };
  return { ...stores, knex, only, kinds, announced };
}

describe('DatabaseAlertsStore', () => {
  it('takes repeats as one alert and tells of it once', async () => {
    const { alerts, announced, only, kinds } = await create();
    await alerts.observe(
      [observation(), observation({ fingerprint: 'f2' })],
      at(1),
    );
    await alerts.observe([observation()], at(2));
    await Promise.all(
      [1, 2, 3].map(() => alerts.observe([observation()], at(3))),
    );
    expect(await alerts.list({ limit: 10 })).toHaveLength(2);
    expect(await announced()).toEqual(['fired', 'fired']);
    expect(await kinds((await only()).id)).toEqual(['alert-fired']);
  });

  it('makes another alert of another beginning', async () => {
    const { alerts } = await create();
    await alerts.observe([observation()], at(1));
    await alerts.observe([resolved()], at(5));
    await alerts.observe([observation({ startsAt: at(6) })], at(6));
    expect(
      (await alerts.list({ limit: 10 })).map(({ state }) => state),
    ).toEqual(['firing', 'resolved']);
  });

  it('believes the later question, whatever the order of the answers', async () => {
    const { alerts, only } = await create();
    await alerts.observe([observation()], at(1));
    await alerts.observe([resolved()], at(6));
    await alerts.observe([observation()], at(3));
    expect(await only()).toMatchObject({
      state: 'resolved',
      firingAtSource: false,
      endsAt: at(5).toISOString(),
    });
  });

  it('leaves what a person resolved alone until its source resolved it and tells of it again', async () => {
    const { alerts, only, kinds } = await create();
    await alerts.observe([observation()], at(1));
    const { id } = await only();
    await alerts.resolve(id, 'user:default/ana', 'Known');
    await alerts.observe([observation()], at(2));
    expect(await only()).toMatchObject({
      state: 'resolved',
      firingAtSource: true,
      resolvedBy: 'user:default/ana',
    });
    await alerts.observe([resolved()], at(5));
    await alerts.observe([observation()], at(7));
    const again = await only();
    expect(again).toMatchObject({ id, state: 'firing' });
    expect(again.resolvedBy).toBeUndefined();
    expect(again.endsAt).toBeUndefined();
    expect(await kinds(id)).toEqual([
      'alert-fired',
      'alert-resolved',
      'alert-fired',
    ]);
  });

  it('keeps an acknowledgement through repeats, and the first who gave it', async () => {
    const { alerts, only } = await create();
    await alerts.observe([observation()], at(1));
    const { id } = await only();
    await alerts.acknowledge(id, 'user:default/ana');
    expect(await alerts.acknowledge(id, 'user:default/bob')).toBeUndefined();
    await alerts.observe([observation()], at(2));
    expect(await only()).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'user:default/ana',
    });
  });

  it('records what was over before it was heard of, and wakes nobody', async () => {
    const { alerts, announced, only } = await create();
    await alerts.observe([resolved()], at(6));
    expect(await only()).toMatchObject({ state: 'resolved' });
    expect(await announced()).toEqual([]);
  });

  it('tells of an alert again when its entity becomes known', async () => {
    const { alerts, announced, only } = await create();
    await alerts.observe([observation({ entityRef: undefined })], at(1));
    expect(await alerts.list({ unassigned: true, limit: 10 })).toHaveLength(1);
    await announced();
    await alerts.observe([observation()], at(2));
    expect(await announced()).toEqual(['fired']);
    await alerts.observe([observation({ entityRef: undefined })], at(3));
    expect((await only()).entityRef).toBe(SHOP);
  });

  it('hands an announcement to one of many, and again when it could not be told', async () => {
    const { alerts, knex } = await create();
    await alerts.observe([observation()], at(1));
    const told: Announcement[] = [];
    const tell = async (announcement: Announcement) => {
      told.push(announcement);
      return false;
    };
    await Promise.all([1, 2, 3].map(() => alerts.announceNext(tell)));
    expect(told).toHaveLength(1);
    await knex('alerts').update({ announce_due_at: knex.fn.now() });
    expect(await alerts.announceNext(tell)).toBe(true);
    await knex('alerts').update({
      announce_due_at: knex.fn.now(),
      updated_at: at(0),
    });
    await alerts.announceNext(tell);
    expect(await knex('alerts').pluck('announce_due_at')).toEqual([null]);
  });

  it('lets an alert change while it is told of, and then tells of that', async () => {
    const { alerts, announced, knex, only } = await create();
    await alerts.observe([observation()], at(1));
    const { id } = await only();
    await alerts.announceNext(async () => {
      await knex.transaction(tx =>
        tx.raw('select 1 from alerts where id = ? for update nowait', [id]),
      );
      await alerts.acknowledge(id, 'user:default/ana');
      return true;
    });
    expect(await announced()).toEqual(['acknowledged']);
  });

  it('does not let who told too slowly disturb its successor', async () => {
    const { alerts, knex } = await create();
    await alerts.observe([observation()], at(1));
    await alerts.announceNext(async () => {
      expect(await alerts.announceNext(async () => true)).toBe(false);
      await knex('alerts').update({ announce_due_at: knex.fn.now() });
      expect(await alerts.announceNext(async () => false)).toBe(true);
      return true;
    });
    expect(await knex('alerts').pluck('announce_due_at')).toEqual([
      expect.any(Date),
    ]);
  });

  it('tells of an alert again when the process died that told of it', async () => {
    const { alerts, announced, knex } = await create();
    await alerts.observe([observation()], at(1));
    await expect(
      alerts.announceNext(async () => {
        throw new Error('the process died');
      }),
    ).rejects.toThrow('died');
    expect(await announced()).toEqual([]);
    await knex('alerts').update({ announce_due_at: knex.fn.now() });
    expect(await announced()).toEqual(['fired']);
  });

  it('pages through all alerts once, newest first, even of one moment', async () => {
    const { alerts } = await create();
    await alerts.observe(
      [0, 0, 0, 1, 1, 2].map((minute, index) =>
        observation({ fingerprint: `f${index}`, startsAt: at(minute) }),
      ),
      at(9),
    );
    const seen: string[] = [];
    let after;
    for (;;) {
      const page = await alerts.list({ after, limit: 2 });
      seen.push(...page.map(({ fingerprint }) => fingerprint));
      const last = page.at(-1);
      if (!last) break;
      after = { startsAt: new Date(last.startsAt), id: last.id };
    }
    expect(seen.slice(0, 1)).toEqual(['f5']);
    expect([...seen].sort()).toEqual(['f0', 'f1', 'f2', 'f3', 'f4', 'f5']);
  });

  it('filters by entity, state and severity, and sums up what fires', async () => {
    const { alerts, knex } = await create();
    await alerts.observe(
      [
        observation({ severity: 'ticket' }),
        observation({ fingerprint: 'f2', startsAt: at(3) }),
        resolved({ fingerprint: 'f3' }),
        observation({ fingerprint: 'f4', entityRef: 'component:default/b' }),
        resolved({ fingerprint: 'f5', entityRef: 'component:default/c' }),
      ],
      at(9),
    );
    const list = async (more: object) =>
      (await alerts.list({ limit: 10, ...more })).map(
        ({ fingerprint }) => fingerprint,
      );
    expect(await list({ entityRefs: [SHOP], severity: 'page' })).toEqual([
      'f2',
      'f3',
    ]);
    expect(
      await list({ entityRefs: [SHOP], states: ['firing', 'acknowledged'] }),
    ).toEqual(['f2', 'f1']);
    expect(await list({ entityRefs: [] })).toEqual([]);
    expect(await alerts.countFiringAtSource(SHOP)).toBe(2);
    await knex('alert_summaries').insert([
      { entity_ref: 'component:default/c', value: '{"firing":2}' },
      { entity_ref: 'component:default/d', value: '{"firing":0}' },
    ]);
    const summaries = await alerts.summarize();
    expect(await alerts.summarize(['component:default/d'])).toEqual([
      { entityRef: 'component:default/d', firing: 0 },
    ]);
    expect(
      summaries.sort((one, other) =>
        one.entityRef < other.entityRef ? -1 : 1,
      ),
    ).toEqual([
      {
        entityRef: 'component:default/b',
        firing: 1,
        highestSeverity: 'page',
        since: at(0).toISOString(),
      },
      { entityRef: 'component:default/c', firing: 0 },
      {
        entityRef: SHOP,
        firing: 2,
        highestSeverity: 'page',
        since: at(0).toISOString(),
      },
    ]);
  });

  it('refuses to change what is on the timeline', async () => {
    const { alerts, knex } = await create();
    await alerts.observe([observation()], at(1));
    await expect(
      knex('timeline_entries').update({ text: 'Nothing happened' }),
    ).rejects.toThrow('append-only');
    await expect(knex('timeline_entries').delete()).rejects.toThrow(
      'append-only',
    );
  });
});
