import { ForksClient } from './ForksClient';

describe('ForksClient', () => {
  const fetchMock = jest.fn<Promise<Response>, Parameters<typeof fetch>>();
  const client = new ForksClient({
    discoveryApi: { getBaseUrl: async plugin => `http://portal/api/${plugin}` },
    fetchApi: { fetch: fetchMock },
  });
  const request = {
    name: 'shop',
    title: 'Shop',
    owner: 'group:default/platform',
    baseApplication: 'acme/base-app',
  };

  beforeEach(() => {
    fetchMock.mockReset();
    fetchMock.mockImplementation(async () => Response.json({ ok: true }));
  });

  const sent = () => {
    const [url, init] = fetchMock.mock.calls[0];
    return `${init?.method} ${String(url).replace('http://portal/api/forks', '')}`;
  };

  it.each<[string, () => Promise<unknown>, unknown]>([
    ['POST /plans', () => client.checkPlan(request), request],
    [
      'POST /sealed-secrets',
      () => client.sealSecret({ value: 'x' }),
      { value: 'x' },
    ],
    [
      'POST /provisionings',
      () => client.createProvisioning({ request }),
      { request },
    ],
    [
      'GET /provisionings/a%2Fb',
      () => client.getProvisioning({ id: 'a/b' }),
      undefined,
    ],
    [
      'GET /provisionings?limit=5&state=failed&state=running',
      () =>
        client.listProvisionings({ states: ['failed', 'running'], limit: 5 }),
      undefined,
    ],
    [
      'POST /provisionings/p/advance',
      () => client.advanceProvisioning({ id: 'p', through: 'domain' }),
      { through: 'domain' },
    ],
    [
      'POST /provisionings/p/resume',
      () => client.resumeProvisioning({ id: 'p' }),
      {},
    ],
    [
      'POST /provisionings/p/unwind',
      () => client.unwindProvisioning({ id: 'p' }),
      {},
    ],
    [
      'GET /provisionings/p/log?after=7',
      () => client.getProvisioningLog({ id: 'p', after: 7 }),
      undefined,
    ],
    [
      'GET /forks?search=ima+stu&sort=live&order=asc&owner=group%3Adefault%2Fa&status=failing',
      () =>
        client.listForks({
          search: 'ima stu',
          sort: 'live',
          order: 'asc',
          owners: ['group:default/a'],
          statuses: ['failing'],
          systems: [],
        }),
      undefined,
    ],
    ['GET /forks/shop', () => client.getFork({ name: 'shop' }), undefined],
    ['GET /summary', () => client.getForksSummary(), undefined],
  ])('asks %s', async (route, call, body) => {
    await expect(call()).resolves.toEqual({ ok: true });
    expect(sent()).toBe(route);
    const { body: text } = fetchMock.mock.calls[0][1] ?? {};
    expect(text === undefined ? undefined : JSON.parse(String(text))).toEqual(
      body,
    );
  });

  it('carries the token and the signal', async () => {
    const { signal } = new AbortController();
    await client.getForksSummary({ token: 'the-token', signal });
    expect(fetchMock.mock.calls[0][1]).toMatchObject({
      signal,
      headers: { authorization: 'Bearer the-token' },
    });
  });

  it('throws what the backend said', async () => {
    fetchMock.mockImplementation(async () =>
      Response.json(
        {
          error: { name: 'NotFoundError', message: "Fork 'x' does not exist" },
          request: { method: 'GET', url: '/forks/x' },
          response: { statusCode: 404 },
        },
        { status: 404 },
      ),
    );
    await expect(client.getFork({ name: 'x' })).rejects.toMatchObject({
      statusCode: 404,
      body: { error: { message: "Fork 'x' does not exist" } },
    });
  });
});
