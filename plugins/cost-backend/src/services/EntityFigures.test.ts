import type { ChargesStore } from '../database/ChargesStore';
import { addDays, daysBetween } from './calendar';
import { EntityFiguresReader } from './EntityFigures';

const SHOP = 'component:default/shop';

/** Charges of an entity and of everybody, as the store would sum them. */
function create(options: {
  now: string;
  days: Record<string, string>;
  firstDay?: string;
  latestChargedDay: string;
  uncovered?: string[];
}) {
  const { now, days, firstDay, latestChargedDay, uncovered = [] } = options;
  const charges: Pick<
    ChargesStore,
    'now' | 'getCoverage' | 'sumByDay' | 'listFirstDays'
  > = {
    now: async () => new Date(now),
    getCoverage: async ({ from, to }) => ({
      asOf: new Date(now),
      latestChargedDay,
      days: new Set(
        daysBetween(from, to).filter(day => !uncovered.includes(day)),
      ),
    }),
    sumByDay: async (_, { from, to }) =>
      Object.entries(days)
        .filter(([day]) => day >= from && day <= to)
        .map(([day, amount]) => ({
          entityRef: SHOP,
          day,
          amount,
        })),
    listFirstDays: async () => new Map(firstDay ? [[SHOP, firstDay]] : []),
  };
  const reader = new EntityFiguresReader(charges);
  return async () => {
    const month = await reader.readMonth();
    return (await reader.readFigures([SHOP], month)).get(SHOP);
  };
}

const each = (from: string, to: string, amount: string) =>
  Object.fromEntries(daysBetween(from, to).map(day => [day, amount]));

describe('EntityFiguresReader', () => {
  it('forecasts from full days, those of the month before among them', async () => {
    const read = create({
      now: '2026-11-02T12:00:00Z',
      days: { ...each('2026-10-20', '2026-11-01', '1'), '2026-11-02': '0.25' },
      firstDay: '2026-10-01',
      latestChargedDay: '2026-11-02',
    });
    expect(await read()).toEqual({
      monthToDate: '1.25',
      forecast: expect.objectContaining({ amount: '30.00', basisDays: 7 }),
    });
  });

  it('takes the last charged day for the running one when the provider is behind', async () => {
    const read = create({
      now: '2026-11-21T12:00:00Z',
      days: { ...each('2026-11-01', '2026-11-18', '1'), '2026-11-19': '0.5' },
      firstDay: '2026-10-01',
      latestChargedDay: '2026-11-19',
    });
    expect(await read()).toMatchObject({
      monthToDate: '18.5',
      forecast: { amount: '30.00' },
    });
  });

  it('expects a whole month while nothing of it was charged yet', async () => {
    const read = create({
      now: '2026-11-01T01:00:00Z',
      days: each('2026-10-01', '2026-10-31', '1'),
      firstDay: '2026-09-01',
      latestChargedDay: '2026-10-31',
    });
    expect(await read()).toMatchObject({
      monthToDate: '0',
      forecast: { amount: '30.00' },
    });
  });

  it('counts neither the first day, nor days before a gap', async () => {
    const days = each('2026-11-15', '2026-11-21', '1');
    const options = {
      now: '2026-11-21T12:00:00Z',
      days,
      latestChargedDay: '2026-11-21',
    };
    const young = await create({ ...options, firstDay: '2026-11-18' })();
    expect(young?.forecast).toMatchObject({ known: false });
    const gap = await create({
      ...options,
      firstDay: '2026-11-01',
      uncovered: [addDays('2026-11-21', -4)],
    })();
    expect(gap?.forecast).toMatchObject({ known: true, basisDays: 3 });
  });

  it('counts a day without charges as free', async () => {
    const read = create({
      now: '2026-11-30T12:00:00Z',
      days: { '2026-11-26': '7', '2026-11-30': '1' },
      firstDay: '2026-11-01',
      latestChargedDay: '2026-11-30',
    });
    expect(await read()).toMatchObject({
      monthToDate: '8',
      forecast: { amount: '8.00', basisDays: 7 },
    });
  });

  it('knows nothing of an entity that was never charged', async () => {
    const read = create({
      now: '2026-11-21T12:00:00Z',
      days: {},
      latestChargedDay: '2026-11-21',
    });
    expect(await read()).toEqual({
      monthToDate: undefined,
      forecast: { known: false, reason: expect.any(String) },
    });
  });
});
