import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  apportionCents,
  sumAmounts,
  toCents,
} from '@forkyard/plugin-cost-common';
import fc from 'fast-check';
import type { Knex } from 'knex';
import {
  createCharge,
  createTestStores,
} from '../__testUtils__/createTestStores';
import type { SourceCharge } from '../sources/ChargesSource';
import type { DatabaseChargesStore } from './DatabaseChargesStore';
import type { DatabaseEntitiesStore } from './DatabaseEntitiesStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const DAY = '2026-11-20';
const november = { from: '2026-11-01', to: '2026-11-30' };
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 21, 12, minutes));

describe('DatabaseChargesStore', () => {
  let knex: Knex;
  let charges: DatabaseChargesStore;
  let entities: DatabaseEntitiesStore;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    ({ charges, entities } = await createTestStores(knex));
    await entities.changeProjects({
      upsert: [{ projectKey: 'prj_1', entityRef: SHOP }],
      remove: [],
    });
  });

  const tell = async (
    given: SourceCharge[],
    options: {
      minutes?: number;
      days?: string[];
      acceptShrunken?: boolean;
      source?: string;
    } = {},
  ) =>
    (
      await charges.replaceDays({
        source: options.source ?? 'vercel',
        title: 'Vercel',
        askedAt: at(options.minutes ?? 0),
        answers: (options.days ?? [DAY]).map(day => ({
          day,
          charges: given.filter(charge => charge.day === day),
        })),
        acceptShrunken: options.acceptShrunken ?? false,
      })
    ).map(({ outcome }) => outcome);

  const amounts = async () =>
    (await charges.listCharges(SHOP, { ...november, limit: 100 })).map(
      ({ amount }) => amount,
    );

  it('keeps every column, the unread ones too', async () => {
    const charge = createCharge({
      category: 'Credit',
      amount: '-0.000000000000123',
      region: 'fra1',
      projectName: 'shop',
      other: { x_Invoice: { id: 'in_1' }, SkuId: 'sku' },
    });
    await tell([charge]);
    expect(await charges.listCharges(SHOP, { ...november, limit: 10 })).toEqual(
      [
        {
          id: `vercel:${DAY}:0`,
          source: 'vercel',
          day: DAY,
          category: 'Credit',
          service: 'Edge Requests',
          amount: '-0.000000000000123',
          currency: 'USD',
          projectId: 'prj_1',
          quantity: '1000',
          unit: 'Requests',
          region: 'fra1',
          other: { x_Invoice: { id: 'in_1' }, SkuId: 'sku' },
        },
      ],
    );
  });

  it('holds the same after the same answer came twice', async () => {
    const given = [createCharge({}), createCharge({ amount: '2' })];
    expect(await tell(given)).toEqual(['replaced']);
    expect(await tell(given, { minutes: 1 })).toEqual(['unchanged']);
    expect(await amounts()).toEqual(['2', '0.01']);
  });

  it('replaces a day by what was told later, and leaves other days alone', async () => {
    const other = createCharge({ day: '2026-11-19', amount: '7' });
    await tell([createCharge({}), other], { days: [DAY, '2026-11-19'] });
    await tell(
      [createCharge({ amount: '3' }), createCharge({ amount: '-1' })],
      {
        minutes: 1,
      },
    );
    expect(await amounts()).toEqual(['-1', '3', '7']);
  });

  it('keeps the charges of several sources side by side', async () => {
    await tell([createCharge({ amount: '1' })]);
    await tell([createCharge({ amount: '2' })], { source: 'other' });
    await tell([createCharge({ amount: '3' })], { minutes: 1 });
    expect(await amounts()).toEqual(['3', '2']);
  });

  it.each([
    ['nothing', 0],
    ['fewer than half', 1],
  ])('replaces nothing when %s is told, and says so', async (_, left) => {
    const given = ['1', '2', '3', '4'].map(amount => createCharge({ amount }));
    await tell(given);
    expect(await tell(given.slice(0, left), { minutes: 1 })).toEqual(['stale']);
    expect(await amounts()).toEqual(['4', '3', '2', '1']);
    const coverage = await charges.getCoverage(november);
    expect(coverage.staleReason).toMatch(
      /for 2026-11-20, for which it had told 4; those are kept/,
    );
    expect(coverage.asOf).toEqual(at(0));
    expect(await charges.listStaleDays(10)).toEqual([
      { day: DAY, reason: coverage.staleReason, since: expect.any(String) },
    ]);

    await tell(given, { minutes: 2 });
    expect(await charges.getCoverage(november)).toMatchObject({
      staleReason: undefined,
      asOf: at(2),
    });
  });

  it('takes a shrunken answer when somebody says it is right', async () => {
    await tell([createCharge({}), createCharge({}), createCharge({})]);
    expect(
      await tell([createCharge({ amount: '9' })], {
        minutes: 1,
        acceptShrunken: true,
      }),
    ).toEqual(['replaced']);
    expect(await amounts()).toEqual(['9']);
  });

  it('does not let an answer that was asked for earlier undo a later one', async () => {
    await tell([createCharge({ amount: '2' })], { minutes: 5 });
    expect(await tell([createCharge({ amount: '1' })], { minutes: 4 })).toEqual(
      ['outdated'],
    );
    expect(await amounts()).toEqual(['2']);
  });

  it('replaces all days of an answer or none', async () => {
    await tell([createCharge({ amount: '1' })]);
    await expect(
      tell(
        [
          createCharge({ amount: '2' }),
          createCharge({ day: '2026-11-21', amount: 'no number' }),
        ],
        { minutes: 1, days: [DAY, '2026-11-21'] },
      ),
    ).rejects.toThrow();
    expect(await amounts()).toEqual(['1']);
  });

  it('lets replicas that write the same day at once take turns', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        tell([createCharge({ amount: String(index) })], { minutes: index }),
      ),
    );
    expect(await amounts()).toEqual(['7']);
  });

  it('sums any charges to the same cent as they sum', async () => {
    const charge = fc.record({
      amount: fc
        .bigInt({ min: -(10n ** 12n), max: 10n ** 12n })
        .map(billionths => sumAmounts([`${billionths}e-9`])),
      service: fc.constantFrom('Edge Requests', 'Build Minutes', 'Tax'),
      day: fc.constantFrom('2026-11-18', '2026-11-19', DAY),
    });
    let minutes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(charge, { maxLength: 30 }), async list => {
        await tell(list.map(createCharge), {
          minutes: ++minutes,
          days: ['2026-11-18', '2026-11-19', DAY],
          acceptShrunken: true,
        });
        const expected = sumAmounts(list.map(({ amount }) => amount));
        const byDay = await charges.sumByDay([SHOP], november);
        const byService = await charges.sumByService(SHOP, november);
        expect(sumAmounts(byDay.map(row => row.amount))).toBe(expected);
        expect(
          sumAmounts(apportionCents(byService.map(row => row.amount))),
        ).toBe(sumAmounts([toCents(expected)]));
      }),
      { numRuns: 25 },
    );
  });

  it('mixes no currencies', async () => {
    await tell([
      createCharge({ amount: '5' }),
      createCharge({ amount: '3', currency: 'EUR' }),
    ]);
    expect(await charges.sumByDay([SHOP], november)).toEqual([
      { entityRef: SHOP, day: DAY, amount: '5' },
    ]);
    expect(await charges.sumOtherCurrencies(november)).toEqual([
      { currency: 'EUR', amount: '3' },
    ]);
    expect(
      await charges.listDailyCosts(SHOP, { ...november, limit: 10 }),
    ).toEqual([{ day: DAY, service: 'Edge Requests', amount: '5' }]);
  });

  it('counts as requests only what the named services say are requests', async () => {
    const services = ['edge requests'];
    await tell([
      createCharge({ quantity: '1000' }),
      createCharge({ quantity: '2.5', unit: 'requests' }),
      createCharge({ quantity: '7', unit: 'GB' }),
      createCharge({ quantity: '7', category: 'Credit' }),
      createCharge({ quantity: '7', service: 'Function Invocations' }),
      createCharge({ quantity: '7', projectKey: 'prj_2' }),
    ]);
    expect(await charges.sumRequests(SHOP, { ...november, services })).toBe(
      '1002.5',
    );
    expect(
      await charges.sumRequests(SHOP, { ...november, services: ['Other'] }),
    ).toBeUndefined();
  });

  it('serves what a page needs from indices', async () => {
    await knex.raw(
      `insert into charges (source, day, ordinal, category, service, amount, currency, project_key, other)
       select 'vercel', date '2025-11-01' + day, project, 'Usage', 'Edge Requests', 1, 'USD', 'prj_' || project, '{}'
       from generate_series(0, 200) as day, generate_series(1, 300) as project`,
    );
    await knex.raw('analyze charges');
    const statements: string[] = [];
    knex.on('query', ({ sql, bindings }) =>
      statements.push(
        knex.raw(sql.replace(/\$\d+/g, '?'), bindings).toString(),
      ),
    );
    await charges.sumByDay([SHOP], november);
    await charges.sumByService(SHOP, november);
    await charges.listDailyCosts(SHOP, { ...november, limit: 10 });
    await charges.listCharges(SHOP, { ...november, limit: 10 });
    await charges.listFirstDays([SHOP]);
    await charges.sumForBill(november);
    knex.removeAllListeners('query');
    expect(statements).toHaveLength(6);
    for (const statement of statements) {
      const { rows } = await knex.raw<{ rows: { 'QUERY PLAN': string }[] }>(
        `explain ${statement}`,
      );
      const plan = rows.map(row => row['QUERY PLAN']).join('\n');
      expect(plan).not.toMatch(/Seq Scan on charges/);
      expect(plan).toMatch(/charges_(project_day|day|pkey)/);
    }
  });

  it('remembers how asking a source went', async () => {
    await charges.recordFailure('vercel', 'Vercel is away');
    await charges.recordFailure('vercel', 'Vercel is still away');
    expect((await charges.getCoverage(november)).staleReason).toBe(
      'Vercel is still away',
    );
    const rejected = {
      count: 2,
      examples: [{ line: 1, reason: 'is no JSON' }],
    };
    await charges.recordSuccess('vercel', rejected);
    expect((await charges.getCoverage(november)).staleReason).toBeUndefined();
    expect(await charges.getRejectedLines()).toEqual(rejected);
  });
});
