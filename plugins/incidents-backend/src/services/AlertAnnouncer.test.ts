import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import { DatabaseChangeFeed } from '@forkyard/backend-kit';
import type { AlertsSummary } from '@forkyard/plugin-incidents-common';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { AlertObservation } from '../database/AlertsStore';
import { ALERT_SUMMARIES } from '../database/tables';
import { AlertAnnouncer } from './AlertAnnouncer';
import { AlertNotifier } from './AlertNotifier';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const ENTITY_REF = 'component:default/shop';

const SHOP = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'shop',
    namespace: 'default',
    annotations: { 'slack.com/bot-notify': 'C0SHOP' },
  },
  relations: [
    { type: 'ownedBy', targetRef: 'group:default/platform' },
    { type: 'ownedBy', targetRef: 'user:default/ana' },
  ],
};
const OWNERS = ['group:default/platform', 'user:default/ana'];

const PER_HOUR = 8;

async function create() {
  const knex = await databases.init('POSTGRES_18');
  const { alerts, limits } = await createTestStores(knex);
  const summaries = new DatabaseChangeFeed<AlertsSummary>({
    knex,
    table: ALERT_SUMMARIES,
  });
  const events = mockServices.events.mock();
  const signals: { channel: string; message: object; recipients: object }[] =
    [];
  const sent: NotificationSendOptions[] = [];
  const logger = mockServices.logger.mock();
  const notifier = new AlertNotifier({
    alerts,
    limits,
    notifications: {
      send: async options => {
        sent.push(options);
      },
    },
    notificationsPerHour: PER_HOUR,
    catalog: catalogServiceMock({ entities: [SHOP] }),
    auth: mockServices.auth(),
    logger,
  });
  const createAnnouncer = () =>
    new AlertAnnouncer({
      alerts,
      summaries,
      events,
      signals: {
        publish: async signal => {
          signals.push(signal);
        },
      },
      notifier,
      logger,
    });
  const announcer = createAnnouncer();
  const observe = async (count: number, more: Partial<AlertObservation> = {}) =>
    alerts.observe(
      Array.from({ length: count }, (_, index) => ({
        source: 'alertmanager',
        fingerprint: `f${index}`,
        startsAt: new Date('2026-11-21T10:00:00.000Z'),
        entityRef: ENTITY_REF,
        title: 'Errors',
        summary: 'Too many',
        severity: 'page',
        labels: {},
        ...more,
      })),
      await alerts.now(),
    );
  const fire = async (entityRef?: string) => {
    await observe(1, { entityRef });
    await announcer.announceDue();
  };
  const anHourLater = () =>
    knex('notification_limits').update({
      since: knex.raw("since - interval '1 hour'"),
      due_at: knex.raw("due_at - interval '1 hour'"),
    });
  return {
    alerts,
    summaries,
    events,
    signals,
    sent,
    fire,
    observe,
    announcer,
    createAnnouncer,
    anHourLater,
  };
}

describe('AlertAnnouncer', () => {
  it('has put the summary before the event that nudges its readers', async () => {
    const { summaries, events, fire } = await create();
    const read: AlertsSummary[] = [];
    events.publish.mockImplementation(async () => {
      read.push(...(await summaries.list({ limit: 10 })).items);
    });
    await fire(ENTITY_REF);
    expect(read).toMatchObject([{ entityRef: ENTITY_REF, firing: 1 }]);
  });

  it('lets lists of all that fires refresh, and tells everybody nothing more', async () => {
    const { signals, fire } = await create();
    const toAll = {
      channel: 'incidents:firing',
      message: {},
      recipients: { type: 'broadcast' },
    };
    await fire();
    expect(signals).toEqual([toAll]);
    await fire(ENTITY_REF);
    expect(signals.slice(1)).toEqual([
      toAll,
      expect.objectContaining({ channel: `incidents:entity:${ENTITY_REF}` }),
    ]);
  });

  it('tells all owners first, and then the channel of the entity and nobody else', async () => {
    const { sent, fire } = await create();
    await fire(ENTITY_REF);
    expect(sent.map(({ recipients }) => recipients)).toEqual([
      { type: 'entity', entityRef: OWNERS },
      { type: 'entity', entityRef: ENTITY_REF, excludeEntityRef: OWNERS },
    ]);
    expect(sent[1].payload).toEqual(sent[0].payload);
  });

  it('tells those of an entity that the catalog does not know as Backstage does', async () => {
    const { sent, fire } = await create();
    await fire('component:default/unknown');
    expect(sent.map(({ recipients }) => recipients)).toEqual([
      { type: 'entity', entityRef: 'component:default/unknown' },
    ]);
  });

  it('tells of a storm one by one up to the limit, then that more is held back, and sums it up, with two replicas', async () => {
    const { alerts, sent, observe, createAnnouncer, anHourLater } =
      await create();
    const replicas = [createAnnouncer(), createAnnouncer()];
    const announce = async () => {
      sent.length = 0;
      await Promise.all(replicas.map(replica => replica.announceDue()));
      return sent
        .filter(({ recipients }) => !('excludeEntityRef' in recipients))
        .map(({ payload }) => `${payload.severity} ${payload.title}`);
    };
    await observe(10, { severity: 'ticket' });
    expect((await announce()).sort()).toEqual([
      'high Firing: Errors (shop, ticket)',
      'high Firing: Errors (shop, ticket)',
      'high Firing: Errors (shop, ticket)',
      'high Firing: Errors (shop, ticket)',
      'high Firing: Errors (shop, ticket)',
      'high Firing: Errors (shop, ticket)',
      'high Many alerts of shop: more are held back',
    ]);
    await observe(5, { source: 'slo' });
    expect((await announce()).sort()).toEqual([
      'critical Firing: Errors (shop, page)',
      'critical Firing: Errors (shop, page)',
      'critical Many alerts of shop: more are held back',
    ]);
    expect(await alerts.list({ limit: 100 })).toHaveLength(15);
    expect(await announce()).toEqual([]);
    await anHourLater();
    expect(await announce()).toEqual([
      'critical 7 more alerts of shop in the last hour',
    ]);
    expect(sent[0].payload).toMatchObject({
      description:
        '15 alerts fire now. At most 8 notifications an hour are sent for one entity.',
      link: '/catalog/default/component/shop/runbooks',
    });
    expect(await announce()).toEqual([]);
  });

  it('says that alerts are over, where their ends were held back', async () => {
    const { sent, observe, announcer, anHourLater } = await create();
    await observe(PER_HOUR);
    await announcer.announceDue();
    await observe(PER_HOUR, { endsAt: new Date('2026-11-21T10:01:00.000Z') });
    sent.length = 0;
    await announcer.announceDue();
    expect(sent[0].payload).toMatchObject({
      severity: 'low',
      title: 'Many alerts of shop: more are held back',
      description: expect.stringContaining('Nothing fires now.'),
    });
    sent.length = 0;
    await anHourLater();
    await announcer.announceDue();
    expect(sent[0].payload).toMatchObject({
      severity: 'low',
      title: '8 alerts of shop ended in the last hour',
    });
  });
});
