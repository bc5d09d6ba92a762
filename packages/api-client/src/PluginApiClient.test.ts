import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PluginApiClient } from './PluginApiClient';

describe('PluginApiClient', () => {
  const seen: { line: string; token?: string; body: string }[] = [];
  let server: Server;
  let client: PluginApiClient;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({
          line: `${request.method} ${request.url}`,
          token: request.headers.authorization,
          body,
        });
        if (request.url?.startsWith('/gone')) {
          response.statusCode = 404;
          response.setHeader('content-type', 'application/json');
          response.end(
            '{"error":{"name":"NotFoundError","message":"There is none"}}',
          );
        } else if (request.method === 'DELETE') {
          response.statusCode = 204;
          response.end();
        } else {
          response.setHeader('content-type', 'application/json');
          response.end('{"ok":true}');
        }
      });
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    client = new PluginApiClient('shop', {
      discoveryApi: { getBaseUrl: async () => `http://127.0.0.1:${port}` },
    });
  });

  beforeEach(() => seen.splice(0));

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  it('repeats list parameters, leaves out empty ones and gives the token', async () => {
    await expect(
      client.get(
        '/items',
        { state: ['a', 'b'], limit: 2, search: '', cursor: undefined },
        { token: 't' },
      ),
    ).resolves.toEqual({ ok: true });
    expect(seen).toEqual([
      {
        line: 'GET /items?state=a&state=b&limit=2',
        token: 'Bearer t',
        body: '',
      },
    ]);
  });

  it('sends JSON and takes an answer without a body', async () => {
    await client.post('/items', { a: 1 });
    await client.put('/items/1', { b: 2 });
    await expect(client.delete('/items/1')).resolves.toBeUndefined();
    expect(seen.map(({ line, body }) => `${line} ${body}`)).toEqual([
      'POST /items {"a":1}',
      'PUT /items/1 {"b":2}',
      'DELETE /items/1 ',
    ]);
  });

  it('throws what the backend says', async () => {
    await expect(client.get('/gone')).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 404,
      body: { error: { message: 'There is none' } },
    });
    await expect(client.stream('/gone')).rejects.toThrow('There is none');
  });
});
