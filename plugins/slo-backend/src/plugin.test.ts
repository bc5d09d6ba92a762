import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { OwnRequests } from '@forkyard/backend-kit';
import {
  SLO_ALERT_TOPIC,
  SloClient,
  type SloAlert,
} from '@forkyard/plugin-slo-common';
import request from 'supertest';
import {
  ENTITY_REF,
  LATENCY_DOCUMENT,
  SECRET,
  SLO_FILE,
  startSlo,
} from './__testUtils__/startSlo';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const start = async (config?: object) =>
  startSlo({ knex: await databases.init('POSTGRES_18'), config });

type Started = Awaited<ReturnType<typeof start>>;

function deny({ permissions }: Started) {
  permissions.authorize.mockImplementation(async queries =>
    queries.map(() => ({ result: AuthorizeResult.DENY })),
  );
}

const service = mockCredentials.service.header();
const sloId = encodeURIComponent(`${ENTITY_REF}#availability`);
const times = 'from=2026-11-21T00:00:00Z&to=2026-11-21T01:00:00Z';

const userRoutes: ['get' | 'post', string][] = [
  ['get', `/slos?entityRef=${ENTITY_REF}`],
  ['get', `/slos/${sloId}/budget`],
  ['get', `/traffic?entityRef=${ENTITY_REF}`],
  ['get', `/alerts?entityRef=${ENTITY_REF}`],
  ['post', '/refresh'],
];
const serviceRoutes: ['get' | 'post', string][] = [
  ['get', '/summaries'],
  ['get', `/counts?entityRef=${ENTITY_REF}&${times}`],
];

async function statuses(
  { call }: Started,
  routes: ['get' | 'post', string][],
  credentials?: string,
): Promise<number[]> {
  const found = [];
  for (const [method, path] of routes) {
    const response = await call(method, path, credentials).send(
      method === 'post' ? { entityRef: ENTITY_REF } : undefined,
    );
    found.push(response.status);
  }
  return found;
}

describe('sloPlugin', () => {
  afterEach(() => jest.restoreAllMocks());

  it('counts what drains send, fires when the budget burns, and resolves when it no longer does', async () => {
    const started = await start();
    const { call, discover, sendRequests, events } = started;
    await discover();
    const read = async () =>
      (await call('get', `/slos?entityRef=${ENTITY_REF}`)).body;

    expect((await read()).items).toEqual([
      expect.objectContaining({
        id: `${ENTITY_REF}#availability`,
        title: 'Requests that do not fail',
        objective: 0.999,
        windowDays: 28,
        status: 'unknown',
        total: 0,
      }),
    ]);

    await sendRequests({ good: 95 });
    expect((await read()).items[0]).toMatchObject({
      status: 'ok',
      good: 95,
      total: 95,
      ratio: 1,
      budgetRemainingRatio: 1,
      statusReason:
        '100 % of 99.9 % over 28 days; 100 % of the error budget is left.',
    });

    await sendRequests({ bad: 5 });
    expect((await read()).items[0]).toMatchObject({
      status: 'exhausted',
      good: 95,
      total: 100,
      budgetRemainingRatio: expect.closeTo(-49, 6),
    });
    const firing = await call('get', `/alerts?entityRef=${ENTITY_REF}`);
    expect(firing.body.items).toHaveLength(2);
    const page = firing.body.items.find(
      ({ severity }: SloAlert) => severity === 'page',
    );
    expect(page).toEqual({
      id: expect.any(String),
      entityRef: ENTITY_REF,
      slo: 'availability',
      sloId: `${ENTITY_REF}#availability`,
      severity: 'page',
      state: 'firing',
      startsAt: expect.any(String),
      source: 'slo',
      runbook: 'runbooks/high-error-rate.md',
      summary:
        'Requests that do not fail: 5 % of 100 requests were not good over 1 h, 50 times what the error budget of 28 days allows.',
      evidence: {
        longWindowMinutes: 60,
        shortWindowMinutes: 5,
        factor: expect.closeTo(13.44, 6),
        longBurnRate: expect.closeTo(50, 6),
        shortBurnRate: expect.closeTo(50, 6),
        bad: 5,
        total: 100,
      },
    });

    await sendRequests({ good: 6000 });
    const resolved = await call('get', `/alerts?entityRef=${ENTITY_REF}`);
    expect(
      resolved.body.items.map(({ state, endsAt }: SloAlert) => [
        state,
        typeof endsAt,
      ]),
    ).toEqual([
      ['resolved', 'string'],
      ['resolved', 'string'],
    ]);
    expect((await read()).items[0]).toMatchObject({
      status: 'ok',
      good: 6095,
      total: 6100,
    });
    const told = jest
      .mocked(events.publish)
      .mock.calls.filter(([{ topic }]) => topic === SLO_ALERT_TOPIC)
      .map(([{ eventPayload }]) => eventPayload as SloAlert);
    expect(told.map(({ severity, state }) => [severity, state]).sort()).toEqual(
      [
        ['page', 'firing'],
        ['page', 'resolved'],
        ['ticket', 'firing'],
        ['ticket', 'resolved'],
      ],
    );
  });

  it('spends no budget on the traffic of previews, and shows it all the same without its own requests', async () => {
    const { call, discover, sendRequests } = await start();
    await discover();
    await sendRequests({ bad: 10, environment: 'preview' });
    const userAgent = new OwnRequests(SECRET).userAgentFor('scan', 'shop.test');
    await sendRequests({ bad: 3, environment: 'preview', userAgent });
    const slos = await call('get', `/slos?entityRef=${ENTITY_REF}`);
    expect(slos.body.items[0]).toMatchObject({ status: 'unknown', total: 0 });
    const traffic = await call(
      'get',
      `/traffic?entityRef=${ENTITY_REF}&environment=preview`,
    );
    expect(traffic.body.deployments).toEqual([
      expect.objectContaining({
        deploymentId: 'vercel:dpl_1',
        requests: 10,
        errors: 10,
      }),
    ]);
  });

  it('answers 401 on every route to callers who do not say who they are', async () => {
    const routes = [...userRoutes, ...serviceRoutes];
    expect(
      await statuses(await start(), routes, mockCredentials.none.header()),
    ).toEqual(routes.map(() => 401));
  });

  it('answers 403 to users without permission, and to users where only backends may ask', async () => {
    const started = await start();
    await started.discover();
    expect(await statuses(started, serviceRoutes)).toEqual([403, 403]);
    deny(started);
    expect(await statuses(started, userRoutes)).toEqual(
      userRoutes.map(() => 403),
    );
    expect(started.repository.urls).toHaveLength(1);
  });

  it('answers 404 for what the catalog does not have', async () => {
    const { call } = await start();
    const path = '/slos?entityRef=component:default/none';
    expect((await call('get', path)).status).toBe(404);
    const plain = await call('post', '/refresh').send({
      entityRef: 'component:default/plain',
    });
    expect(plain.status).toBe(404);
    expect(plain.body.error.message).toContain("'forkyard.dev/slo'");
    const id = encodeURIComponent('component:default/plain#none');
    expect((await call('get', `/slos/${id}/budget`)).status).toBe(404);
  });

  it('answers 400 to what makes no sense', async () => {
    const { call } = await start();
    const routes: ['get' | 'post', string][] = [
      ['get', '/slos'],
      ['get', '/slos?entityRef=::'],
      ['get', '/slos/none/budget'],
      ['get', `/traffic?entityRef=${ENTITY_REF}&from=yesterday`],
      ['get', `/traffic?entityRef=${ENTITY_REF}&from=2026-01-01T00:00:00Z`],
      [
        'get',
        `/traffic?entityRef=${ENTITY_REF}&from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z`,
      ],
      ['get', '/alerts'],
      ['get', `/alerts?entityRef=${ENTITY_REF}&state=pending`],
      ['get', `/alerts?entityRef=${ENTITY_REF}&id=1`],
      ['get', `/alerts?entityRef=${ENTITY_REF}&cursor=nonsense`],
      ['get', `/alerts?entityRef=${ENTITY_REF}&limit=101`],
      ['post', '/refresh'],
    ];
    const answers = [];
    for (const [method, path] of routes) {
      const { status, body } = await call(method, path);
      answers.push([path, status, body.error.name]);
    }
    expect(answers).toEqual(
      routes.map(([, path]) => [path, 400, 'InputError']),
    );
    const counts = await call(
      'get',
      `/counts?entityRef=${ENTITY_REF}&${times}&slowerThanMilliseconds=0`,
      service,
    );
    expect([counts.status, counts.body.error.name]).toEqual([
      400,
      'InputError',
    ]);
    expect(counts.body.error.message).toContain('slowerThanMilliseconds');
  });

  it('answers 503 when the repository cannot be read, and keeps what is in force', async () => {
    const { call, discover, repository, auditor } = await start();
    await discover();
    repository.isDown = true;
    const refresh = await call('post', '/refresh').send({
      entityRef: ENTITY_REF,
    });
    expect([refresh.status, refresh.body.error.message]).toEqual([
      503,
      'The repository could not be read; it is tried again',
    ]);
    const { body } = await call('get', `/slos?entityRef=${ENTITY_REF}`);
    expect(body.items).toHaveLength(1);
    expect(body.staleReason).toContain('slo.yaml: The repository could not');
    expect(
      jest
        .mocked(auditor.createEvent)
        .mock.calls.map(([{ eventId }]) => eventId),
    ).toEqual(['slo-refresh']);
  });

  it('names what is wrong in a file, and takes the next good version', async () => {
    const { call, discover, repository } = await start();
    await discover();
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const refresh = async (text: string | undefined) => {
      repository.text = text;
      now += 11_000;
      return call('post', '/refresh').send({ entityRef: ENTITY_REF });
    };
    const broken = await refresh(SLO_FILE.replace('0.999', '99.9'));
    expect(broken.body).toMatchObject({
      items: [{ name: 'availability', objective: 0.999 }],
      fileProblems: [{ path: 'slo.yaml', line: 16 }],
    });
    const gone = await refresh(undefined);
    expect(gone.status).toBe(404);
    const held = await call('get', `/slos?entityRef=${ENTITY_REF}`);
    expect(held.body).toMatchObject({
      items: [{ name: 'availability' }],
      staleReason: 'slo.yaml: The repository has no such file',
    });
    const two = await refresh(`${SLO_FILE}---\n${LATENCY_DOCUMENT}`);
    expect(two.body.fileProblems).toEqual([]);
    expect(two.body.items).toMatchObject([
      { name: 'availability', signal: 'availability' },
      {
        name: 'latency',
        signal: 'latency',
        thresholdMilliseconds: 500,
        status: 'unknown',
        statusReason: expect.stringContaining('No duration of a production'),
      },
    ]);
    expect(repository.urls[0]).toBe(
      'https://github.com/acme/shop/blob/main/slo.yaml',
    );
  });

  it('reads a file for its readers once in ten seconds, and answers with what is held between', async () => {
    const { call, repository } = await start();
    const refresh = () =>
      call('post', '/refresh').send({ entityRef: ENTITY_REF });
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    expect((await refresh()).body.items).toHaveLength(1);
    clock.mockReturnValue(now + 9_999);
    const again = await refresh();
    expect([again.status, again.body.items.length]).toEqual([200, 1]);
    expect(repository.urls).toHaveLength(1);
    clock.mockReturnValue(now + 10_000);
    await refresh();
    expect(repository.urls).toHaveLength(2);
  });

  it('answers 503, and blames no reader, when a Prometheus rejects the query of a file', async () => {
    const prometheus = createServer((_, res) => {
      res.writeHead(400, { 'content-type': 'application/json' });
      res.end('{"status":"error","error":"parse error: unexpected end"}');
    }).listen(0, '127.0.0.1');
    await once(prometheus, 'listening');
    const { port } = prometheus.address() as AddressInfo;
    const { call, discover, repository } = await start({
      prometheus: { url: `http://127.0.0.1:${port}` },
    });
    repository.text = SLO_FILE.replace(
      /good: .*/,
      'good: { metricSource: { type: Prometheus, spec: { query: sum(a } } }',
    ).replace(
      /total: .*/,
      'total: { metricSource: { type: Prometheus, spec: { query: sum(b) } } }',
    );
    await discover();
    const { status, body } = await call('get', `/slos/${sloId}/budget`);
    prometheus.close();
    expect([status, body.error.name]).toEqual([503, 'ServiceUnavailableError']);
    expect(body.error.message).toMatch(/parse error.*Correct the SLO's file/);
  });

  it('speaks to the client of slo-common', async () => {
    const { server, discover, sendRequests } = await start();
    await discover();
    await sendRequests({ good: 90, bad: 10 });
    const address = server.address() as { port: number };
    const client = new SloClient({
      discoveryApi: {
        getBaseUrl: async id => `http://127.0.0.1:${address.port}/api/${id}`,
      },
    });
    const user = { token: mockCredentials.user.token() };
    const backend = { token: mockCredentials.service.token() };
    const entityRef = ENTITY_REF;

    const budget = await client.getBudget(
      { id: `${entityRef}#availability` },
      user,
    );
    expect(budget.points.length).toBeLessThanOrEqual(300);
    expect(budget.points.at(-1)).toMatchObject({
      good: 90,
      total: 100,
      budgetRemainingRatio: expect.closeTo(-99, 6),
    });
    expect(budget.points[0]).toMatchObject({
      total: 0,
      budgetRemainingRatio: 1,
    });

    const traffic = await client.getTraffic({ entityRef }, user);
    expect(traffic.points).toHaveLength(61);
    expect(
      traffic.points.reduce((sum, { requests }) => sum + requests, 0),
    ).toBe(100);
    expect(traffic.points.at(-1)).not.toHaveProperty('p95Milliseconds');

    const counts = await client.getCounts(
      {
        entityRef,
        deploymentIds: ['vercel:dpl_1'],
        from: new Date(Date.now() - 600_000).toISOString(),
        to: new Date().toISOString(),
      },
      backend,
    );
    expect(counts.items).toEqual([
      {
        deploymentId: 'vercel:dpl_1',
        requests: 100,
        errors: 10,
        durations: 0,
      },
    ]);

    const first = await client.listAlerts({ limit: 1 }, backend);
    const second = await client.listAlerts(
      { limit: 1, cursor: first.nextCursor },
      backend,
    );
    expect(second.nextCursor).toBeUndefined();
    expect(
      [...first.items, ...second.items].map(({ severity }) => severity).sort(),
    ).toEqual(['page', 'ticket']);
    const [{ id }] = second.items;
    expect(
      (await client.listAlerts({ ids: [id], state: 'firing' }, backend)).items,
    ).toEqual(second.items);

    const others = Array.from(
      { length: 99 },
      (_, index) =>
        `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    expect(
      (await client.listAlerts({ ids: [...others, id] }, backend)).items,
    ).toEqual(second.items);

    const changes = await client.listSummaries({}, backend);
    expect(changes.items).toEqual([
      {
        entityRef,
        status: 'exhausted',
        budgetRemainingRatio: -99,
        asOf: expect.any(String),
      },
    ]);
    expect(
      (await client.listSummaries({ cursor: changes.cursor }, backend)).items,
    ).toEqual([]);
    expect((await client.refresh({ entityRef }, user)).items[0].status).toBe(
      'exhausted',
    );
  });

  it('lets agents ask for the budget and the alerts', async () => {
    const { actions, discover, sendRequests } = await start();
    await discover();
    await sendRequests({ good: 90, bad: 10 });
    const act = async (name: string) => {
      const [action] = actions.register.mock.calls
        .map(([registered]) => registered)
        .filter(registered => registered.name === name);
      const { output } = (await action.action({
        input: { entityRef: ENTITY_REF } as never,
        credentials: mockCredentials.user(),
        logger: mockServices.logger.mock(),
        secrets: undefined,
      })) as { output: object };
      return output;
    };
    expect(await act('get-error-budget')).toMatchObject({
      slos: [{ name: 'availability', ratio: 0.9, status: 'exhausted' }],
    });
    expect(await act('list-slo-alerts')).toMatchObject({
      alerts: [{ state: 'firing' }, { state: 'firing' }],
    });
  });

  it('refuses drains that are not signed', async () => {
    const { server } = await start();
    const response = await request(server)
      .post('/api/slo/drains/vercel/logs')
      .set('x-vercel-signature', 'forged')
      .send('{}');
    expect(response.status).toBe(401);
  });

  it('lets another backend read the alerts of all entities', async () => {
    const { call } = await start();
    const { status, body } = await call('get', '/alerts', service);
    expect([status, body]).toEqual([200, { items: [] }]);
  });
});
