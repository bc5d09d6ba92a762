import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  createCharge,
  createTestStores,
} from '../__testUtils__/createTestStores';
import { AnomaliesService } from './AnomaliesService';
import { AnomalyAnnouncer } from './AnomalyAnnouncer';
import { addDays, toDay } from './calendar';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const TODAY = toDay(new Date());
const YESTERDAY = addDays(TODAY, -1);

/** A project that costs a dollar a day for 40 days, whose days a test changes. */
async function create() {
  const knex = await databases.init('POSTGRES_18');
  const stores = await createTestStores(knex);
  const events = mockServices.events.mock();
  const notify = jest.fn(async (_: unknown) => {});
  const publish = jest.fn(async () => {});
  const logger = mockServices.logger.mock();
  const service = new AnomaliesService({
    ...stores,
    leastAnomalyUsd: '1',
    anomalyAnnouncer: new AnomalyAnnouncer({
      ...stores,
      events,
      signals: { publish },
      notifications: { send: notify },
      logger,
    }),
  });
  const charge = async (amounts: Record<string, string | undefined>) => {
    await stores.charges.replaceDays({
      source: 'vercel',
      title: 'Vercel',
      askedAt: await stores.charges.now(),
      acceptShrunken: true,
      answers: Object.entries(amounts).map(([day, amount]) => ({
        day,
        charges: amount ? [createCharge({ day, amount })] : [],
      })),
    });
    await service.updateAnomalies();
  };
  const own = (entityRef: string) =>
    stores.entities.changeProjects({
      upsert: [{ projectKey: 'prj_1', entityRef }],
      remove: [],
    });
  await own(SHOP);
  await stores.summaries.put([{ entityRef: SHOP, currency: 'USD' }]);
  await charge(
    Object.fromEntries(
      Array.from({ length: 41 }, (_, age) => [addDays(TODAY, -age), '1']),
    ),
  );
  const list = (entityRef = SHOP) =>
    stores.anomalies.listAnomalies(entityRef, {
      from: addDays(TODAY, -40),
      to: TODAY,
    });
  const told = () =>
    events.publish.mock.calls.map(([{ topic, eventPayload }]) => ({
      topic,
      ...(eventPayload as object),
    }));
  const notified = () =>
    notify.mock.calls.map(([call]) => {
      const { payload } = call as { payload: Record<string, string> };
      return [payload.title, payload.description];
    });
  return {
    ...stores,
    service,
    charge,
    own,
    list,
    told,
    notified,
    notify,
    publish,
    logger,
  };
}

describe('AnomaliesService', () => {
  it('marks a day that cost unusually much, and tells of it once', async () => {
    const { charge, service, list, told, notify, publish } = await create();
    expect(await list()).toEqual([]);
    await charge({ [YESTERDAY]: '4.1' });
    const anomaly = { day: YESTERDAY, amount: '4.1', usual: '1.00' };
    expect(await list()).toEqual([anomaly]);
    await service.updateAnomalies();

    expect(told()).toEqual([
      {
        topic: 'cost.anomaly',
        change: 'found',
        entityRef: SHOP,
        currency: 'USD',
        ...anomaly,
      },
    ]);
    expect(publish).toHaveBeenCalledTimes(1);
    expect(notify.mock.calls).toEqual([
      [
        {
          recipients: { type: 'entity', entityRef: SHOP },
          payload: expect.objectContaining({
            title: 'Unusual cost of shop',
            description: expect.stringMatching(
              /cost \$4\.10, usually about \$1\.00\.$/,
            ),
            link: '/catalog/default/component/shop/cost',
            scope: `cost:anomaly:${SHOP}:${YESTERDAY}`,
          }),
        },
      ],
    ]);
  });

  it('follows corrections, and takes back what they take back', async () => {
    const { charge, list, told, notified } = await create();
    await charge({ [YESTERDAY]: '4' });
    await charge({ [YESTERDAY]: '6' });
    expect(await list()).toMatchObject([{ amount: '6' }]);
    expect(told()).toHaveLength(1);

    await charge({ [YESTERDAY]: '1.2' });
    expect(await list()).toEqual([]);
    expect(told()[1]).toMatchObject({ change: 'withdrawn', day: YESTERDAY });
    expect(notified()[1]).toEqual([
      `Cost of shop on ${YESTERDAY} was corrected`,
      'With its charges as they are now, the day is not unusual.',
    ]);
    await charge({ [YESTERDAY]: '4' });
    expect(told().map(event => 'change' in event && event.change)).toEqual([
      'found',
      'withdrawn',
      'found',
    ]);
  });

  it('tells owners of the first of several days, and of no old ones', async () => {
    const { charge, list, told, notified } = await create();
    await charge({
      [addDays(TODAY, -9)]: '5',
      [YESTERDAY]: '5',
      [TODAY]: '6',
    });
    expect(await list()).toHaveLength(3);
    expect(told()).toHaveLength(3);
    expect(notified()).toEqual([
      ['Unusual cost of shop', expect.stringContaining('$5.00')],
    ]);
    await charge({ [addDays(TODAY, -9)]: '1' });
    expect(told()).toHaveLength(4);
    expect(notified()).toHaveLength(1);
  });

  it('tells again of what could not be told, and not of what went before it was', async () => {
    const { charge, service, told, notify, logger } = await create();
    notify.mockRejectedValueOnce(new Error('no bus'));
    await charge({ [YESTERDAY]: '4' });
    expect(told()).toEqual([]);
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining("unusual cost of 'component:default/shop'"),
    );
    await service.updateAnomalies();
    expect(told()).toHaveLength(1);

    notify
      .mockRejectedValueOnce(new Error('no bus'))
      .mockRejectedValueOnce(new Error('no bus'));
    await charge({ [YESTERDAY]: '1', [TODAY]: '4' });
    await charge({ [TODAY]: '1' });
    expect(told()).toMatchObject([
      { change: 'found', day: YESTERDAY },
      { change: 'withdrawn', day: YESTERDAY },
    ]);
  });

  it('lays unusual days on the entity that pays, and on nobody when charges are gone', async () => {
    const { charge, own, service, list } = await create();
    const studio = 'component:default/studio';
    await charge({ [YESTERDAY]: '4' });
    await own(studio);
    await service.updateAnomalies();
    expect(await list()).toEqual([]);
    expect(await list(studio)).toHaveLength(1);
    await charge({ [YESTERDAY]: undefined });
    expect(await list(studio)).toEqual([]);
  });

  it('takes days of which nobody was asked for unknown, and the first one for none', async () => {
    const { charge, list } = await create();
    const start = (days: number) => addDays(TODAY, -days);
    // What came before the first day is no cost of nothing.
    await charge(
      Object.fromEntries(
        Array.from({ length: 33 }, (_, index) => [start(8 + index), undefined]),
      ),
    );
    await charge({ [start(7)]: '0.01', [TODAY]: '9' });
    expect(await list()).toEqual([]);
    await charge({ [start(8)]: '0.01' });
    expect(await list()).toMatchObject([{ day: TODAY, usual: '1.00' }]);
  });
});
