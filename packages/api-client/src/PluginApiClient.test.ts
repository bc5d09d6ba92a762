import { PluginApiClient } from './PluginApiClient';

describe('PluginApiClient', () => {
  const fetchMock = jest.fn<Promise<Response>, [string, RequestInit]>();
  const client = new PluginApiClient('shop', {
    discoveryApi: { getBaseUrl: async id => `http://portal/api/${id}` },
    fetchApi: { fetch: fetchMock as unknown as typeof fetch },
  });

  beforeEach(() => {
    fetchMock.mockReset();
    fetchMock.mockImplementation(async () => Response.json({ ok: true }));
  });

  it('repeats list parameters, leaves out empty ones and gives the token', async () => {
    await expect(
      client.get(
        '/items',
        { state: ['a', 'b'], limit: 2, search: '', cursor: undefined },
        { token: 't' },
      ),
    ).resolves.toEqual({ ok: true });
    const [[url, options]] = fetchMock.mock.calls;
    expect(url).toBe('http://portal/api/shop/items?state=a&state=b&limit=2');
    expect(options).toMatchObject({
      method: 'GET',
      headers: { authorization: 'Bearer t' },
      body: undefined,
    });
  });

  it('sends JSON and takes an answer without a body', async () => {
    await client.post('/items', { a: 1 });
    await client.put('/items/1', { b: 2 });
    fetchMock.mockResolvedValue(new Response(undefined, { status: 204 }));
    await expect(client.delete('/items/1')).resolves.toBeUndefined();
    expect(
      fetchMock.mock.calls.map(([url, { method, body }]) =>
        [method, url, body].join(' '),
      ),
    ).toEqual([
      'POST http://portal/api/shop/items {"a":1}',
      'PUT http://portal/api/shop/items/1 {"b":2}',
      'DELETE http://portal/api/shop/items/1 ',
    ]);
  });

  it('throws what the backend says', async () => {
    const error = { name: 'NotFoundError', message: 'There is none' };
    fetchMock.mockImplementation(
      async () =>
        new Response(JSON.stringify({ error, response: { statusCode: 404 } }), {
          status: 404,
          statusText: 'Not Found',
          headers: { 'content-type': 'application/json' },
        }),
    );
    await expect(client.get('/gone')).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 404,
      body: { error: { message: 'There is none' } },
    });
    await expect(client.stream('/gone')).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});
