import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import {
  component,
  ENTITY_REF,
  startTestPlugin,
} from './__testUtils__/startTestPlugin';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const GITHUB = 'http://github.test';
const NOBODY = '00000000-0000-4000-8000-000000000000';

const sarif = (...rules: string[]) => ({
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          rules: [{ id: 'worst', properties: { 'security-severity': '9.9' } }],
        },
      },
      results: rules.map(ruleId => ({
        ruleId,
        message: { text: `Found ${ruleId}` },
      })),
    },
  ],
});

describe('securityFindingsPlugin', () => {
  const github = setupServer(
    http.get(`${GITHUB}/*`, () =>
      HttpResponse.json({ message: 'Not enabled' }, { status: 404 }),
    ),
  );
  beforeAll(() =>
    github.listen({
      onUnhandledRequest: request => {
        if (!request.url.includes('127.0.0.1')) throw new Error(request.url);
      },
    }),
  );
  afterEach(() => github.resetHandlers());
  afterAll(() => github.close());

  async function start(config = {}) {
    const knex = await databases.init('POSTGRES_18');
    const plugin = await startTestPlugin({
      knex,
      github: { url: GITHUB, token: 'the-token' },
      entities: [component('shop'), component('plain', {})],
      config: { scans: { secrets: false, licenses: false }, ...config },
    });
    const upload = (body: unknown, query = '', credentials?: string) =>
      plugin
        .call(
          'post',
          `/reports/sarif?entityRef=${ENTITY_REF}&category=semgrep${query}`,
          credentials,
        )
        .set('content-type', 'application/json')
        .send(typeof body === 'string' ? body : JSON.stringify(body));
    const waive = (id: string, body: object = {}) =>
      plugin.call('put', `/findings/${id}/waiver`).send({
        reason: 'Not reachable from outside',
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        ...body,
      });
    const first = async () => (await plugin.list()).body.items[0];
    return { ...plugin, knex, upload, waive, first };
  }

  type Started = Awaited<ReturnType<typeof start>>;

  function deny({ permissions }: Started, ...names: string[]) {
    permissions.authorize.mockImplementation(async requests =>
      requests.map(({ permission }) => ({
        result: names.includes(permission.name)
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      })),
    );
  }

  const routes = (
    id: string,
  ): ['get' | 'post' | 'put' | 'delete', string][] => [
    ['get', `/findings?entityRef=${ENTITY_REF}`],
    ['get', `/findings/${id}`],
    ['put', `/findings/${id}/waiver`],
    ['delete', `/findings/${id}/waiver`],
    ['get', `/summary?entityRef=${ENTITY_REF}`],
    ['post', '/refresh'],
    ['post', `/reports/sarif?entityRef=${ENTITY_REF}&category=semgrep`],
    ['get', '/summaries'],
  ];
  const bodyFor = (method: string) =>
    method === 'get' || method === 'delete'
      ? undefined
      : {
          entityRef: ENTITY_REF,
          reason: 'Not reachable from outside',
          expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        };

  it('answers 401 on every route to callers who do not say who they are', async () => {
    const { call } = await start();
    const statuses = [];
    for (const [method, path] of routes(NOBODY)) {
      const none = mockCredentials.none.header();
      const response = await call(method, path, none).send(bodyFor(method));
      statuses.push(response.status);
    }
    expect(statuses).toEqual(routes(NOBODY).map(() => 401));
  });

  it('answers 404 on the routes of an entity to users who may not see it, and 403 on the feed', async () => {
    const started = await start();
    await started.upload(sarif('a'));
    const { id } = await started.first();
    deny(
      started,
      'security-findings.finding.read',
      'security-findings.report.upload',
    );
    const statuses = [];
    for (const [method, path] of routes(id)) {
      const response = await started.call(method, path).send(bodyFor(method));
      statuses.push(response.status);
    }
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 404, 403]);
  });

  it('answers 403 to users who may read and do nothing else', async () => {
    const started = await start();
    await started.upload(sarif('a'));
    const { id } = await started.first();
    deny(
      started,
      'security-findings.finding.waive',
      'security-findings.report.upload',
    );
    const waive = await started.waive(id);
    const unwaive = await started.call('delete', `/findings/${id}/waiver`);
    const upload = await started.upload(sarif());
    expect([waive.status, unwaive.status, upload.status]).toEqual([
      403, 403, 403,
    ]);
    expect(waive.body.error.message).toContain(
      `You may not waive findings of '${ENTITY_REF}'`,
    );
  });

  it.each([
    '/findings',
    '/findings?entityRef=::',
    `/findings?entityRef=${ENTITY_REF}&limit=0`,
    `/findings?entityRef=${ENTITY_REF}&limit=101`,
    `/findings?entityRef=${ENTITY_REF}&state=broken`,
    `/findings?entityRef=${ENTITY_REF}&severity=worst`,
    `/findings?entityRef=${ENTITY_REF}&source=nobody`,
    `/findings?entityRef=${ENTITY_REF}&overdue=perhaps`,
    `/findings?entityRef=${ENTITY_REF}&cursor=nonsense`,
    `/findings?entityRef=${ENTITY_REF}&search=${'x'.repeat(201)}`,
    '/findings/one',
    '/summary',
  ])('answers 400 to GET %.80s', async path => {
    const { call } = await start();
    const response = await call('get', path);
    expect(response.status).toBe(400);
    expect(response.body.error.name).toBe('InputError');
  });

  it('lists by pages, worst first, with what the filters ask for', async () => {
    const { upload, list } = await start();
    await upload(sarif('a', 'b', 'worst', 'c', 'd'));
    const rules: string[] = [];
    let cursor = '';
    do {
      const { body } = await list(`&limit=2${cursor}`);
      rules.push(...body.items.map((item: { rule: string }) => item.rule));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor);
    expect(rules[0]).toBe('worst');
    expect([...rules].sort()).toEqual(['a', 'b', 'c', 'd', 'worst']);
    const count = async (query: string) =>
      (await list(query)).body.items.length;
    expect(await count('&severity=critical&severity=low')).toBe(1);
    expect(await count('&source=dependabot')).toBe(0);
    expect(await count('&source=sarif&source=dependabot')).toBe(5);
    expect(await count('&search=FOUND%20worst')).toBe(1);
    expect(await count('&overdue=true')).toBe(0);
    expect(await count('&state=fixed&state=waived')).toBe(0);
  });

  it('tells of a new critical finding: its owners, an event, the feed', async () => {
    const { upload, send, events, call } = await start();
    await upload(sarif('worst', 'a'));
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith({
      recipients: { type: 'entity', entityRef: ENTITY_REF },
      payload: expect.objectContaining({
        title: 'Critical finding in shop',
        severity: 'critical',
      }),
    });
    expect(events.publish).toHaveBeenCalledWith({
      topic: 'security-findings.finding',
      eventPayload: {
        entityRef: ENTITY_REF,
        opened: 2,
        closed: 0,
        openCritical: 1,
        openHigh: 0,
        openTotal: 2,
      },
    });
    await upload(sarif('worst', 'a'));
    expect(send).toHaveBeenCalledTimes(1);
    const told = events.publish.mock.calls.filter(
      ([{ topic }]) => topic === 'security-findings.finding',
    );
    expect(told).toHaveLength(1);
    const service = mockCredentials.service.header();
    const { body } = await call('get', '/summaries?limit=1', service);
    expect(body).toMatchObject({
      items: [{ openCritical: 1, openTotal: 2, asOf: expect.any(String) }],
      hasMore: false,
    });
    const later = `/summaries?cursor=${body.cursor}`;
    expect((await call('get', later, service)).body.items).toEqual([]);
    await upload(sarif('a'));
    expect((await call('get', later, service)).body.items).toMatchObject([
      { openCritical: 0, openTotal: 1 },
    ]);
  });

  it('waives with reason and end, takes back, and opens again by itself', async () => {
    const started = await start();
    const { upload, waive, first, call, list, runTask, summary } = started;
    const { auditor, events, knex } = started;
    await upload(sarif('worst'));
    const { id } = await first();
    const year = 366 * 86_400_000;
    for (const body of [
      { reason: 'short' },
      { expiresAt: new Date(0).toISOString() },
      { expiresAt: new Date(Date.now() + year + 86_400_000).toISOString() },
      { expiresAt: 'tomorrow' },
      { reason: 5 },
    ]) {
      expect((await waive(id, body)).status).toBe(400);
    }
    expect((await waive(NOBODY)).status).toBe(404);
    expect((await call('delete', `/findings/${id}/waiver`)).status).toBe(409);

    const waived = await waive(id);
    expect(waived.body).toMatchObject({
      state: 'waived',
      overdue: false,
      waiver: {
        reason: 'Not reachable from outside',
        by: 'user:default/mock',
        at: expect.any(String),
      },
    });
    expect((await summary()).body).toMatchObject({ openTotal: 0, waived: 1 });
    expect((await list()).body.items).toEqual([]);
    const back = await call('delete', `/findings/${id}/waiver`);
    expect(back.body).toMatchObject({ state: 'open' });
    expect(back.body.waiver).toBeUndefined();

    await waive(id);
    await waive(id, { reason: 'Still not reachable from outside' });
    const closed = events.publish.mock.calls
      .map(([{ eventPayload }]) => eventPayload)
      .filter(payload => (payload as { opened: number }).opened === 0)
      .map(payload => (payload as { closed: number }).closed);
    expect(closed).toEqual([1, 1]);
    await runTask('expire-waivers');
    expect((await list()).body.items).toEqual([]);
    await knex('findings')
      .where({ id })
      .update({ waiver_expires_at: new Date(0) });
    await runTask('expire-waivers');
    const { items } = (await list()).body;
    expect(items).toMatchObject([{ id, state: 'open' }]);

    await upload(sarif(), '&confirm=true');
    expect((await waive(id)).status).toBe(409);
    const audited = auditor.createEvent.mock.calls.map(
      ([{ eventId }]) => eventId,
    );
    expect(new Set(audited)).toEqual(
      new Set(['report-upload', 'finding-waive', 'finding-unwaive']),
    );
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'finding-waive',
        meta: expect.objectContaining({
          id,
          reason: 'Not reachable from outside',
        }),
      }),
    );
  });

  it('keeps nothing of a report that it refuses', async () => {
    const { upload, list, call } = await start();
    await upload(sarif('a', 'b'));
    const one = JSON.stringify({ ruleId: 'c', message: { text: 'x' } });
    const million = `{"version":"2.1.0","runs":[{"results":[${`${one},`.repeat(400_000)}${one}]}]}`;
    const large = await upload(million);
    expect(large.status).toBe(413);
    expect(large.body.error.message).toContain('more than 25000 results');
    const cut = await upload(JSON.stringify(sarif('c')).slice(0, -3));
    expect(cut.status).toBe(400);
    expect((await upload('')).status).toBe(400);
    expect((await upload('{"version":"1.0"}')).status).toBe(400);
    for (const query of ['&commit=x', '&confirm=1', '&category=b%20c']) {
      expect((await upload(sarif(), query)).status).toBe(400);
    }
    const nowhere = await call(
      'post',
      '/reports/sarif?entityRef=component:default/none&category=a',
    ).send(sarif('a'));
    expect(nowhere.status).toBe(404);
    expect((await list()).body.items).toHaveLength(2);
  });

  it('believes a report with far less only when confirmed, or of a newer commit', async () => {
    const { upload, list, summary } = await start();
    const rules = Array.from({ length: 12 }, (_, index) => `rule-${index}`);
    const sha = (digit: string) => `&commit=${digit.repeat(40)}`;
    await upload(sarif(...rules), sha('a'));
    const empty = await upload(sarif(), sha('b'));
    expect(empty.body).toMatchObject({ fixed: 0, unconfirmed: true });
    expect((await upload(sarif(), sha('b'))).body.unconfirmed).toBe(true);
    expect((await summary()).body.sources).toContainEqual(
      expect.objectContaining({
        source: 'sarif',
        category: 'semgrep',
        condition: 'unconfirmed',
        open: 12,
        staleReason: expect.stringContaining('nothing was closed'),
      }),
    );
    const newer = await upload(sarif('rule-1'), sha('c'));
    expect(newer.body).toMatchObject({ fixed: 11, unconfirmed: false });
    expect((await list()).body.items).toHaveLength(1);
    await upload(sarif(...rules), sha('d'));
    expect(
      (await upload(sarif(), `${sha('d')}&confirm=true`)).body,
    ).toMatchObject({ fixed: 12, unconfirmed: false });
  });

  it('answers 503 when no source can be asked, never 401, and keeps what it has', async () => {
    const { upload, refresh, list } = await start({
      scans: { secrets: false, licenses: false, headers: false },
    });
    await upload(sarif('a'));
    github.use(
      http.get(`${GITHUB}/*`, () =>
        HttpResponse.json({ message: 'Bad credentials' }, { status: 401 }),
      ),
    );
    const response = await refresh();
    expect(response.status).toBe(503);
    expect(response.body.error.message).toContain('Bad credentials');
    expect((await list()).body.items).toHaveLength(1);
    expect((await refresh('component:default/plain')).status).toBe(404);
  });

  it('finds entities in the catalog, looks at them when due, and when pushed to', async () => {
    let alerts: object[] = [];
    github.use(
      http.get(`${GITHUB}/repos/acme/shop/dependabot/alerts`, () =>
        HttpResponse.json(alerts),
      ),
    );
    const { runTask, publish, summary, list } = await start();
    await runTask('discover-entities');
    await runTask('scan-entities');
    const { body } = await summary();
    expect(
      body.sources.map(
        ({ source, condition }: Record<string, string>) =>
          `${source} ${condition}`,
      ),
    ).toEqual([
      'code-scanning off',
      'dependabot on',
      'headers off',
      'secret-scanning off',
    ]);
    expect(body.dueDays).toEqual({
      critical: 7,
      high: 30,
      medium: 90,
      low: 180,
    });
    alerts = [
      {
        number: 1,
        created_at: '2020-01-01T00:00:00Z',
        dependency: { package: { name: 'lodash' } },
        security_advisory: { ghsa_id: 'GHSA-35jh-r3h4-6jhm', severity: 'high' },
      },
    ];
    await publish('github.push', { repository: { full_name: 'Acme/Shop' } });
    await publish('github.push', { nonsense: true });
    await runTask('scan-entities');
    expect((await list('&overdue=true')).body.items).toMatchObject([
      {
        rule: 'GHSA-35jh-r3h4-6jhm',
        overdue: true,
        dueAt: '2020-01-31T00:00:00.000Z',
      },
    ]);
    await runTask('update-summaries');
    expect((await summary()).body).toMatchObject({ overdue: 1, openHigh: 1 });
  });
});
