import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  createCharge,
  createTestStores,
} from '../__testUtils__/createTestStores';
import type { ChargesAnswer, ChargesSource } from '../sources/ChargesSource';
import { addDays, startOfMonth, toDay } from './calendar';
import { CostAnnouncer } from './CostAnnouncer';
import { EntityFiguresReader } from './EntityFigures';
import { IngestService } from './IngestService';
import { SummariesService } from './SummariesService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const TODAY = toDay(new Date());
const range = { from: startOfMonth(TODAY, -13), to: TODAY };

/** A source with a charge of a dollar on every day. */
class DailySource implements ChargesSource {
  readonly asked: string[] = [];
  /** Ranges that begin before it fail. */
  failsBefore?: string;
  amount = '1';

  constructor(
    readonly id: string,
    readonly title = 'Provider',
  ) {}

  async listCharges({ from, to }: { from: string; to: string }) {
    this.asked.push(from);
    if (this.failsBefore && from < this.failsBefore) {
      throw new ServiceUnavailableError(`${this.title} is away`);
    }
    const answer: ChargesAnswer = {
      charges: [],
      rejected: { count: 0, examples: [] },
    };
    for (let day = from; day <= to; day = addDays(day, 1)) {
      answer.charges.push(createCharge({ day, amount: this.amount }));
    }
    return answer;
  }
}

async function create(...sources: ChargesSource[]) {
  const knex = await databases.init('POSTGRES_18');
  const stores = await createTestStores(knex);
  await stores.entities.changeProjects({
    upsert: [{ projectKey: 'prj_1', entityRef: SHOP }],
    remove: [],
  });
  const signals = { publish: jest.fn(async () => {}) };
  const logger = mockServices.logger.mock();
  const ingest = new IngestService({
    ...stores,
    sources,
    backfillMonths: 2,
    logger,
    anomalyFinder: { updateAnomalies: async () => {} },
    announcer: new CostAnnouncer({ ...stores, signals, logger }),
    summaries: new SummariesService({
      ...stores,
      figures: new EntityFiguresReader(stores.charges),
    }),
  });
  const days = async () =>
    (await stores.charges.sumByDay([SHOP], range)).length;
  const staleReason = async () =>
    (await stores.charges.getCoverage(range)).staleReason;
  return { ingest, days, staleReason, signals, logger, ...stores };
}

const daysSince = (day: string) =>
  (Date.parse(TODAY) - Date.parse(day)) / (24 * 60 * 60_000) + 1;

describe('IngestService', () => {
  it('reads what is due once, and tells pages only what changed', async () => {
    const source = new DailySource('a');
    const { ingest, days, signals } = await create(source);
    const oldest = startOfMonth(TODAY, -2);
    expect(await ingest.refresh()).toMatchObject({
      replacedDays: daysSince(oldest),
      staleDays: [],
    });
    expect(await days()).toBe(daysSince(oldest));
    expect(signals.publish).toHaveBeenCalledTimes(1);
    expect(signals.publish).toHaveBeenCalledWith(
      expect.objectContaining({ channel: `cost:entity:${SHOP}` }),
    );

    source.asked.splice(0);
    expect(await ingest.refresh()).toMatchObject({ replacedDays: 0 });
    expect(source.asked).toEqual([addDays(TODAY, -2)]);
    expect(signals.publish).toHaveBeenCalledTimes(1);

    source.amount = '2';
    expect(await ingest.refresh()).toMatchObject({ replacedDays: 3 });
    expect(signals.publish).toHaveBeenCalledTimes(2);
  });

  it('keeps what it read when it fails on the way, and goes on there', async () => {
    const source = new DailySource('a');
    const { ingest, days, staleReason, summaries } = await create(source);
    source.failsBefore = addDays(TODAY, -20);
    await expect(ingest.refresh()).rejects.toThrow('Provider is away');
    expect(await days()).toBe(3);
    expect(await staleReason()).toBe('Provider is away');
    expect((await summaries.list({ limit: 10 })).items).toHaveLength(1);

    source.failsBefore = undefined;
    await ingest.refresh();
    expect(await days()).toBe(daysSince(startOfMonth(TODAY, -2)));
    expect(await staleReason()).toBeUndefined();
  });

  it('asks the other sources when one is away, and fails all the same', async () => {
    const away = new DailySource('away', 'Nowhere');
    away.failsBefore = '9999-01-01';
    const { ingest, days } = await create(away, new DailySource('b'));
    await expect(ingest.refresh()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: 'Nowhere is away',
    });
    expect(await days()).toBe(daysSince(startOfMonth(TODAY, -2)));
  });

  it('stops when it is told to, and calls nobody away', async () => {
    const controller = new AbortController();
    const { ingest, staleReason } = await create(new DailySource('a'));
    controller.abort(new Error('stopping'));
    await expect(ingest.refresh({}, controller.signal)).rejects.toThrow(
      'stopping',
    );
    expect(await staleReason()).toBeUndefined();
  });

  it('does not fail because a page could not be told', async () => {
    const { ingest, signals, logger } = await create(new DailySource('a'));
    signals.publish.mockRejectedValue(new Error('no bus'));
    await ingest.refresh();
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('Could not tell pages'),
      expect.anything(),
    );
  });
});
