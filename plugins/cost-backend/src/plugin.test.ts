import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { notificationService } from '@backstage/plugin-notifications-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  CostClient,
  sumAmounts,
  toCents,
  type DailyCost,
} from '@forkyard/plugin-cost-common';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';
import request from 'supertest';
import costPlugin from './index';
import { createFocusRow, FakeBilling } from './__testUtils__/FakeBilling';
import { addDays, startOfMonth, toDay } from './services/calendar';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const SHOP = 'component:default/shop';
const TODAY = toDay(new Date());
const MONTH_START = startOfMonth(TODAY);

function component(name: string, annotations: Record<string, string>) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', annotations },
    spec: { type: 'service', lifecycle: 'production', owner: 'shoppers' },
    relations: [{ type: 'ownedBy', targetRef: 'group:default/shoppers' }],
  };
}

const entities = [
  component('shop', {
    'forkyard.dev/budget': '50',
    'vercel.com/project-id': 'prj_1',
  }),
  component('studio', {
    'forkyard.dev/budget': 'plenty',
    'vercel.com/project-id': 'prj_2',
  }),
  component('plain', {}),
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'shoppers', namespace: 'default' },
    spec: { type: 'team', children: [] },
  },
];

let billing: FakeBilling;

async function start() {
  const permissions = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(() => ({ result: AuthorizeResult.ALLOW })),
  });
  const auditor = mockServices.auditor.mock({
    createEvent: jest.fn(async () => ({
      success: async () => {},
      fail: async () => {},
    })),
  });
  const scheduler = mockServices.scheduler.mock();
  const events = mockServices.events.mock();
  const knex = await databases.init('POSTGRES_18');
  const { server } = await startTestBackend({
    features: [
      costPlugin,
      mockServices.rootConfig.factory({
        data: {
          vercel: { token: 'secret', apiBaseUrl: billing.url, teamId: 'team' },
          cost: { backfillMonths: 1 },
        },
      }),
      mockServices.database.factory({ knex }),
      permissions.factory,
      auditor.factory,
      scheduler.factory,
      events.factory,
      createServiceFactory({
        service: notificationService,
        deps: {},
        factory: () => ({ send: async () => {} }),
      }),
      catalogServiceMock.factory({ entities }),
      createServiceFactory({
        service: deploymentsServiceRef,
        deps: {},
        factory: () =>
          mockDeploymentsService({
            listProjects: async () => ({
              items: ['shop', 'studio'].map((name, index) => ({
                entityRef: `component:default/${name}`,
                provider: 'vercel',
                projectId: `prj_${index + 1}`,
              })),
            }),
          }),
      }),
    ],
  });
  const call = (
    method: 'get' | 'post',
    path: string,
    credentials: string = mockCredentials.user.header(),
  ) =>
    request(server)
      [method](`/api/cost${path}`)
      .set('authorization', credentials);
  const run = (id: string) =>
    scheduler.scheduleTask.mock.calls
      .map(([task]) => task)
      .find(task => task.id === id)!
      .fn(new AbortController().signal);
  const address = server.address() as { port: number };
  const client = new CostClient({
    discoveryApi: {
      getBaseUrl: async id => `http://127.0.0.1:${address.port}/api/${id}`,
    },
  });
  return { permissions, auditor, scheduler, events, call, run, client, knex };
}

/** Reads the projects and the charges, as the jobs do. */
async function startCharged() {
  const started = await start();
  await started.run('sync-entities');
  await started.run('refresh-charges');
  return started;
}

const range = `entityRef=${SHOP}&from=${MONTH_START}&to=${TODAY}`;
const user = { token: mockCredentials.user.token() };

describe('costPlugin', () => {
  beforeAll(async () => {
    billing = await FakeBilling.start();
  });

  beforeEach(() => {
    billing.refusal = undefined;
    billing.asked.splice(0);
    billing.rows = [
      createFocusRow(TODAY, 'prj_1', 12.404),
      createFocusRow(TODAY, 'prj_1', 0.1, { ServiceName: 'Build Minutes' }),
      createFocusRow(TODAY, 'prj_2', 3.3333),
      createFocusRow(TODAY, 'prj_9', 1.005),
      createFocusRow(TODAY, undefined, 20, { ServiceName: 'Pro' }),
    ];
  });

  afterAll(() => billing.stop());

  const routes: ['get' | 'post', string][] = [
    ['get', `/entities/cost?entityRef=${SHOP}`],
    ['get', `/entities/daily?${range}`],
    ['get', `/entities/charges?${range}`],
    ['get', '/groups/cost?owner=group:default/shoppers'],
    ['get', '/bill'],
    ['get', '/summaries'],
    ['post', '/refresh'],
  ];

  it('answers 401 to nobody, and to users what is theirs', async () => {
    const { call, permissions } = await startCharged();
    const statuses = async (credentials?: string) => {
      const all = [];
      for (const [method, path] of routes) {
        all.push((await call(method, path, credentials)).status);
      }
      return all;
    };
    expect(await statuses(mockCredentials.none.header())).toEqual(
      routes.map(() => 401),
    );
    expect(await statuses()).toEqual([200, 200, 200, 200, 200, 403, 200]);
    permissions.authorize.mockImplementation(async requests =>
      requests.map(() => ({ result: AuthorizeResult.DENY })),
    );
    expect(await statuses()).toEqual([404, 404, 404, 200, 403, 403, 403]);
    const { body } = await call('get', routes[3][1]);
    expect(body).toMatchObject({ total: '0.00', items: [] });
  });

  it('answers 400 to what makes no sense', async () => {
    const wrong = [
      ['get', '/entities/cost'],
      ['get', '/entities/cost?entityRef=::'],
      ['get', `/entities/daily?entityRef=${SHOP}`],
      [
        'get',
        `/entities/daily?entityRef=${SHOP}&from=2026-11-02&to=2026-11-01`,
      ],
      [
        'get',
        `/entities/daily?entityRef=${SHOP}&from=2024-01-01&to=2026-11-01`,
      ],
      [
        'get',
        `/entities/daily?entityRef=${SHOP}&from=2026-02-30&to=2026-03-01`,
      ],
      ['get', `/entities/daily?${range}&cursor=nonsense`],
      ['get', `/entities/charges?${range}&limit=1001`],
      ['get', `/entities/charges?${range}&cursor=nonsense`],
      ['get', '/groups/cost?owner=group:default/shoppers&cursor=e30'],
      ['get', '/groups/cost?owner='],
      ['get', '/bill?month=2026-13'],
      ['post', '/refresh'],
    ] as const;
    const { call } = await startCharged();
    const answers = [];
    for (const [method, path] of wrong) {
      const { status, body } = await call(method, path).send(
        method === 'post' ? { acceptShrunken: 'yes' } : undefined,
      );
      answers.push([method, path, status, body.error?.name]);
    }
    expect(answers).toEqual(
      wrong.map(([method, path]) => [method, path, 400, 'InputError']),
    );
  });

  it.each([401, 429, 500])(
    'answers 503 when Vercel answers %s, keeps what it holds and says that it is old',
    async status => {
      const { call, run, client } = await startCharged();
      const before = await client.getEntityCost({ entityRef: SHOP }, user);
      billing.refusal = status;
      const response = await call('post', '/refresh');
      expect(response.status).toBe(503);
      expect(response.body.error.message).not.toContain('secret');
      await expect(run('refresh-charges')).rejects.toThrow(/Vercel/);

      const after = await client.getEntityCost({ entityRef: SHOP }, user);
      expect(after).toEqual({
        ...before,
        staleReason: expect.stringContaining('Vercel'),
      });
      billing.refusal = undefined;
      await run('refresh-charges');
      const again = await client.getEntityCost({ entityRef: SHOP }, user);
      expect(again.staleReason).toBeUndefined();
    },
    60_000,
  );

  it('tells what an entity costs, to the last digit', async () => {
    const { client } = await startCharged();
    const cost = await client.getEntityCost({ entityRef: SHOP }, user);
    expect(cost).toEqual({
      entityRef: SHOP,
      currency: 'USD',
      month: TODAY.slice(0, 7),
      monthToDate: '12.504',
      forecast: {
        known: false,
        reason: expect.stringContaining('3 full days'),
      },
      budget: '50',
      byService: [
        { service: 'Edge Requests', amount: '12.404' },
        { service: 'Build Minutes', amount: '0.1' },
      ],
      unitCost: {
        known: true,
        perThousandRequests: '12.504',
        requests: '1000',
      },
      anomalies: [],
      otherCurrencies: [],
      asOf: expect.any(String),
    });
  });

  it('says what is unknown of an entity that was never charged', async () => {
    const { client } = await startCharged();
    const entityRef = 'component:default/plain';
    const cost = await client.getEntityCost({ entityRef }, user);
    expect(cost.monthToDate).toBeUndefined();
    expect(cost.budget).toBeUndefined();
    expect(cost.unitCost.known).toBe(false);
    expect(cost.forecast.known).toBe(false);
    expect(cost.asOf).toBeDefined();
  });

  it('says that a budget is no amount', async () => {
    const { client } = await startCharged();
    const entityRef = 'component:default/studio';
    const cost = await client.getEntityCost({ entityRef }, user);
    expect(cost.budget).toBeUndefined();
    expect(cost.budgetProblem).toContain("is 'plenty'");
  });

  it('pages the days, and they sum to the month', async () => {
    const { client } = await startCharged();
    const days: DailyCost[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listDailyCosts(
        { entityRef: SHOP, from: MONTH_START, to: TODAY, limit: 1, cursor },
        user,
      );
      expect(page.items).toHaveLength(1);
      days.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    expect(days.map(({ service }) => service)).toEqual([
      'Build Minutes',
      'Edge Requests',
    ]);
    expect(sumAmounts(days.map(({ amount }) => amount))).toBe('12.504');
  });

  it('pages a group by cost, each page with the total of all', async () => {
    const { client } = await startCharged();
    const owner = 'group:default/shoppers';
    const first = await client.listGroupCosts({ owner, limit: 1 }, user);
    expect(first).toMatchObject({
      total: '15.84',
      budget: '50',
      items: [{ entityRef: SHOP, amount: '12.51', budget: '50' }],
    });
    const second = await client.listGroupCosts(
      { owner, limit: 1, cursor: first.nextCursor },
      user,
    );
    expect(second).toMatchObject({
      total: '15.84',
      items: [{ entityRef: 'component:default/studio', amount: '3.33' }],
    });
    expect(second.nextCursor).toBeUndefined();
    await expect(
      client.listGroupCosts({ owner: 'group:default/nobody' }, user),
    ).rejects.toMatchObject({ statusCode: 404 });
  });

  it('lays the whole bill on lines that sum to it, whatever else came', async () => {
    billing.rows.push(
      '{broken',
      createFocusRow(TODAY, 'prj_1', -2.5, { ChargeCategory: 'Credit' }),
      createFocusRow(TODAY, 'prj_1', 7, { BillingCurrency: 'EUR' }),
      createFocusRow(addDays(MONTH_START, -1), 'prj_1', 99),
    );
    const { client } = await startCharged();
    const bill = await client.getBill({ limit: 2 }, user);
    const rest = await client.getBill({ cursor: bill.nextCursor }, user);
    expect(bill).toMatchObject({
      month: TODAY.slice(0, 7),
      total: '34.34',
      notAllocated: '1.01',
      shared: {
        amount: '20.00',
        services: [{ service: 'Pro', amount: '20.00' }],
      },
      items: [
        { entityRef: SHOP, amount: '10.00' },
        { entityRef: 'component:default/studio', amount: '3.33' },
      ],
      otherCurrencies: [{ currency: 'EUR', amount: '7' }],
      rejectedLines: { count: 1, examples: [{ reason: 'is no JSON' }] },
    });
    expect(rest.items).toEqual([{ projectId: 'prj_9', amount: '1.01' }]);
    expect(
      toCents(
        sumAmounts([bill.allocated, bill.notAllocated, bill.shared.amount]),
      ),
    ).toBe(bill.total);
  });

  it('keeps charges that Vercel suddenly no longer tells, until somebody accepts it', async () => {
    const { call, client } = await startCharged();
    billing.rows = [];
    const { body } = await call('post', '/refresh').send({});
    expect(body).toMatchObject({
      replacedDays: 0,
      staleDays: [{ day: TODAY, reason: expect.stringMatching(/told no/) }],
    });
    const kept = await client.getEntityCost({ entityRef: SHOP }, user);
    expect(kept.monthToDate).toBe('12.504');
    expect(kept.staleReason).toMatch(/which it had told 5; those are kept/);

    const accepted = await client.refresh({ acceptShrunken: true }, user);
    expect(accepted).toMatchObject({ replacedDays: 1, staleDays: [] });
    const cost = await client.getEntityCost({ entityRef: SHOP }, user);
    expect(cost.monthToDate).toBeUndefined();
    const owner = 'group:default/shoppers';
    const group = await client.listGroupCosts({ owner }, user);
    expect(group).toMatchObject({ total: '0.00', budget: '50' });
    expect(group.items[0]).toEqual({ entityRef: SHOP, budget: '50' });
    const service = { token: mockCredentials.service.token() };
    const { items } = await client.listSummaries({}, service);
    expect(items.find(({ entityRef }) => entityRef === SHOP)).toEqual({
      entityRef: SHOP,
      currency: 'USD',
      budget: '50',
      asOf: expect.any(String),
    });
  });

  it('marks a day that cost unusually much, and tells other backends', async () => {
    billing.rows = Array.from({ length: 12 }, (_, age) =>
      createFocusRow(addDays(TODAY, -age), 'prj_1', age === 0 ? 4.1 : 0.9),
    );
    const { client, events } = await startCharged();
    const { anomalies } = await client.getEntityCost({ entityRef: SHOP }, user);
    const anomaly = { day: TODAY, amount: '4.1', usual: '0.90' };
    expect(anomalies).toEqual([anomaly]);
    expect(events.publish).toHaveBeenCalledWith({
      topic: 'cost.anomaly',
      eventPayload: {
        change: 'found',
        entityRef: SHOP,
        currency: 'USD',
        ...anomaly,
      },
    });
  });

  it('feeds other backends with what changed', async () => {
    const { client, run } = await startCharged();
    const service = { token: mockCredentials.service.token() };
    const all = await client.listSummaries({}, service);
    expect(all.items).toEqual([
      {
        entityRef: SHOP,
        currency: 'USD',
        monthToDate: '12.50',
        budget: '50',
        asOf: expect.any(String),
      },
      expect.objectContaining({ entityRef: 'component:default/studio' }),
    ]);
    expect(all.hasMore).toBe(false);
    await run('refresh-charges');
    billing.rows[2] = createFocusRow(TODAY, 'prj_2', 4);
    await run('refresh-charges');
    const changed = await client.listSummaries({ cursor: all.cursor }, service);
    expect(changed.items).toMatchObject([
      { entityRef: 'component:default/studio', monthToDate: '4.00' },
    ]);
  });

  it('reads older days once, and leaves refreshes in the audit log', async () => {
    const { call, auditor } = await startCharged();
    const first = billing.asked.splice(0);
    expect(first[0]).toEqual({
      from: addDays(TODAY, -2),
      to: addDays(TODAY, 1),
    });
    expect(first.at(-1)!.from).toBe(startOfMonth(TODAY, -1));
    await call('post', '/refresh').send({ acceptShrunken: false });
    expect(billing.asked).toEqual([first[0]]);
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'charges-refresh',
        meta: { acceptShrunken: false },
      }),
    );
  });
});
