import { TestDatabases } from '@backstage/backend-test-utils';
import type { AlertSeverity } from '@forkyard/plugin-incidents-common';
import { createTestStores } from '../__testUtils__/createTestStores';
import { DatabaseNotificationLimitsStore } from './DatabaseNotificationLimitsStore';
import type { Withheld } from './NotificationLimitsStore';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const entityRef = 'component:default/shop';
const AN_HOUR_AGO = "- interval '1 hour 1 second'";

async function create() {
  const knex = await databases.init('POSTGRES_18');
  const { alerts, limits } = await createTestStores(knex);
  let made = 0;
  /** Has so many alerts begin, each claimed to be told of. */
  const begin = async (count: number, severity: AlertSeverity = 'page') => {
    const now = await alerts.now();
    await alerts.observe(
      Array.from({ length: count }, () => ({
        source: 'alertmanager' as const,
        fingerprint: `f${made++}`,
        startsAt: now,
        entityRef,
        title: 'Errors',
        summary: '',
        severity,
        labels: {},
      })),
      now,
    );
    const claims: { alertId: string; leaseId: string }[] = [];
    while (
      await alerts
        .announceNext(async ({ alert, leaseId }) => {
          claims.push({ alertId: alert.id, leaseId });
          throw new Error('the process died');
        })
        .catch(() => true)
    );
    return claims.map(claim => ({
      ...claim,
      entityRef,
      change: 'fired' as const,
      severity,
    }));
  };
  const tellAll = async (isTold = true) => {
    const told: Withheld[] = [];
    const tell = async (withheld: Withheld) => {
      told.push(withheld);
      return isTold;
    };
    while (await limits.tellNext(tell));
    return told;
  };
  const age = async (columns: string[], interval = AN_HOUR_AGO) =>
    knex('notification_limits').update(
      Object.fromEntries(
        columns.map(column => [column, knex.raw(`${column} ${interval}`)]),
      ),
    );
  return { knex, alerts, limits, begin, tellAll, age };
}

const many = (alerts: number, pages = alerts, ends = 0) => ({
  entityRef,
  alerts,
  pages,
  ends,
});

describe('DatabaseNotificationLimitsStore', () => {
  it('allows as many as it may, however many replicas decide at once', async () => {
    const { knex, begin, tellAll } = await create();
    const replicas = [1, 2].map(
      () => new DatabaseNotificationLimitsStore(knex),
    );
    const requests = await begin(12);
    const decisions = await Promise.all(
      requests.map((request, index) =>
        replicas[index % 2].decide({ ...request, allowance: 5 }),
      ),
    );
    expect(decisions.filter(each => each === 'send')).toHaveLength(5);
    expect(await tellAll()).toEqual([{ ...many(7), isComplete: false }]);
  });

  it('decides once for each change, and within the limit for what is not the newest any more', async () => {
    const { alerts, limits, begin, tellAll } = await create();
    const [first, second, third] = await begin(3);
    const decide = (request: typeof first) =>
      limits.decide({ ...request, allowance: 1 });
    expect(await decide(first)).toBe('send');
    expect(await decide(second)).toBe('withhold');
    expect(await decide(first)).toBe('send');
    expect(await decide(second)).toBe('withhold');
    await alerts.resolve(third.alertId, 'user:default/ana', 'Known');
    expect(await decide(third)).toBe('withhold');
    expect(await tellAll()).toEqual([{ ...many(2), isComplete: false }]);
  });

  it('decides anew for the next change of an alert, once there is room again', async () => {
    const { knex, alerts, limits, begin } = await create();
    const requests = await begin(2);
    for (const request of requests) {
      await limits.decide({ ...request, allowance: 1 });
    }
    await alerts.resolve(requests[1].alertId, 'user:default/ana', 'Known');
    await knex('notification_limits').update({
      sent_at: knex.raw("array[now() - interval '1 hour']::timestamptz[]"),
    });
    const decisions: string[] = [];
    await alerts.announceNext(async ({ leaseId }) => {
      const request = { ...requests[1], leaseId, change: 'resolved' as const };
      decisions.push(await limits.decide({ ...request, allowance: 1 }));
      return true;
    });
    expect(decisions).toEqual(['send']);
  });

  it('tells at once that something is held back, once more of the first page, and of all after an hour', async () => {
    const { limits, begin, tellAll, age } = await create();
    const holdBack = async (count: number, severity: AlertSeverity) => {
      for (const request of await begin(count, severity)) {
        await limits.decide({ ...request, allowance: 0 });
      }
    };
    await holdBack(2, 'ticket');
    expect(await tellAll()).toEqual([{ ...many(2, 0), isComplete: false }]);
    await holdBack(2, 'ticket');
    expect(await tellAll()).toEqual([]);
    await holdBack(2, 'page');
    expect(await tellAll()).toEqual([{ ...many(6, 2), isComplete: false }]);
    await age(['since', 'due_at']);
    expect(await tellAll()).toEqual([{ ...many(6, 2), isComplete: true }]);
    await age(['due_at']);
    expect(await tellAll()).toEqual([]);
    await holdBack(1, 'page');
    expect(await tellAll()).toEqual([{ ...many(1), isComplete: false }]);
  });

  it('hands a sum to one of many, and begins the next with what came meanwhile', async () => {
    const { limits, begin, tellAll, age } = await create();
    const [first, ...more] = await begin(3);
    await limits.decide({ ...first, allowance: 0 });
    await tellAll();
    await age(['since', 'due_at']);
    await limits.tellNext(async () => {
      expect(await tellAll()).toEqual([]);
      for (const request of more) {
        await limits.decide({ ...request, allowance: 0 });
      }
      return true;
    });
    expect(await tellAll()).toEqual([{ ...many(2), isComplete: false }]);
  });

  it('tells again what could not be told, gives up after an hour, and then begins anew', async () => {
    const { limits, begin, tellAll, age } = await create();
    const [first, second] = await begin(2);
    await limits.decide({ ...first, allowance: 0 });
    expect(await tellAll(false)).toHaveLength(1);
    expect(await tellAll()).toEqual([]);
    await age(['due_at']);
    expect(await tellAll(false)).toHaveLength(1);
    await age(['since', 'due_at'], "- interval '2 hours'");
    expect(await tellAll(false)).toEqual([{ ...many(1), isComplete: true }]);
    await age(['due_at']);
    expect(await tellAll()).toEqual([]);
    await limits.decide({ ...second, allowance: 0 });
    expect(await tellAll()).toEqual([{ ...many(1), isComplete: false }]);
  });
});
