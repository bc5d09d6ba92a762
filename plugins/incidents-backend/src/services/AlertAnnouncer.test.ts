import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { DatabaseChangeFeed } from '@forkyard/backend-kit';
import type { AlertsSummary } from '@forkyard/plugin-incidents-common';
import { createTestStores } from '../__testUtils__/createTestStores';
import { ALERT_SUMMARIES } from '../database/tables';
import { AlertAnnouncer } from './AlertAnnouncer';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const ENTITY_REF = 'component:default/shop';

async function create() {
  const knex = await databases.init('POSTGRES_18');
  const { alerts } = await createTestStores(knex);
  const summaries = new DatabaseChangeFeed<AlertsSummary>({
    knex,
    table: ALERT_SUMMARIES,
  });
  const events = mockServices.events.mock();
  const signals: { channel: string; message: object; recipients: object }[] =
    [];
  const announcer = new AlertAnnouncer({
    alerts,
    summaries,
    events,
    signals: {
      publish: async signal => {
        signals.push(signal);
      },
    },
    notifications: { send: async () => {} },
    logger: mockServices.logger.mock(),
  });
  const fire = async (entityRef?: string) => {
    await alerts.observe(
      [
        {
          source: 'alertmanager',
          fingerprint: 'f1',
          startsAt: new Date('2026-11-21T10:00:00.000Z'),
          entityRef,
          title: 'Errors',
          summary: 'Too many',
          severity: 'page',
          labels: {},
        },
      ],
      await alerts.now(),
    );
    await announcer.announceDue();
  };
  return { summaries, events, signals, fire };
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
});
