import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LaunchError, type Upstream } from '../runtime';
import { Gateway, type GatewayDeployment } from './Gateway';
import type { ServedRequest } from './RequestLog';

describe('Gateway', () => {
  let gateway: Gateway<GatewayDeployment>;
  let port: number;
  let app: Server;
  let root: string;
  let uses: Set<symbol>;
  const hosts = new Map<string, Partial<GatewayDeployment>>();
  const received: IncomingMessage[] = [];
  const hanging = new EventEmitter();

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'local-cloud-static-'));
    await mkdir(join(root, 'site', 'docs'), { recursive: true });
    await writeFile(join(root, 'secret.txt'), 'secret');
    await writeFile(join(root, 'site', 'docs', 'index.html'), 'docs');
    await writeFile(join(root, 'site', 'about.html'), 'about');
    await writeFile(join(root, 'site', '.env'), 'secret');
    await symlink(join(root, 'secret.txt'), join(root, 'site', 'link.txt'));

    app = createServer((request, response) => {
      received.push(request);
      if (request.url === '/break') {
        request.socket.destroy();
      } else if (request.url === '/hang') {
        hanging.emit('request');
      } else if (request.url === '/stream') {
        response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
        response.write('first');
        request.once('data', () => response.end(' last'));
      } else {
        response.end('hello');
      }
    });
    app.on('upgrade', (_request, socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n',
      );
      socket.pipe(socket);
    });
    app.listen(0, '127.0.0.1');
    await once(app, 'listening');
    const { port: appPort } = app.address() as AddressInfo;

    gateway = new Gateway<GatewayDeployment>(
      {
        find: host => {
          if (host === 'moved.localhost') {
            return {
              redirect: { location: 'http://app.localhost', status: 308 },
              deployment: { id: host, projectId: 'prj', state: 'READY' },
            };
          }
          const found = hosts.get(host);
          return (
            found && {
              deployment: {
                id: host,
                projectId: 'prj',
                state: 'READY',
                ...found,
              },
              paused: host === 'paused.localhost',
              split:
                host === 'split.localhost'
                  ? {
                      id: 'rr_1',
                      cookieName: '_vcrr_prj',
                      percentage: 100,
                      findCanary: () => ({
                        id: 'canary',
                        projectId: 'prj',
                        state: 'READY',
                      }),
                      announcesCanary: true,
                    }
                  : undefined,
            }
          );
        },
        acquire: async ({ id }): Promise<Upstream> => {
          if (id === 'mute.localhost') throw new LaunchError('It is mute');
          if (id === 'static.localhost') {
            return { kind: 'static', root: join(root, 'site') };
          }
          // The end of a use may come after the next test has begun.
          const [current, use] = [uses, Symbol('use')];
          current.add(use);
          const endUse = () => current.delete(use);
          return { kind: 'process', port: appPort, endUse };
        },
      },
      { answerTimeoutMillis: 200 },
    );
    ({ port } = await gateway.start({ host: '127.0.0.1', port: 0 }));
    for (const name of ['app', 'split', 'paused', 'mute', 'static']) {
      hosts.set(`${name}.localhost`, {});
    }
    hosts.set('queued.localhost', { state: 'QUEUED' });
    hosts.set('failed.localhost', { state: 'ERROR' });
  });
  beforeEach(() => {
    uses = new Set();
    received.length = 0;
  });
  afterAll(async () => {
    await gateway.stop();
    app.closeAllConnections();
    await new Promise(resolve => {
      app.close(resolve);
    });
    await rm(root, { recursive: true, force: true });
  });

  function open(
    host: string,
    path = '/',
    method = 'GET',
    headers: Record<string, string> = {},
  ) {
    return httpRequest({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { host, ...headers },
      agent: false,
    });
  }

  async function get(host: string, path = '/', headers = {}) {
    const outgoing = open(host, path, 'GET', headers);
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode, headers: response.headers, body };
  }

  it.each([
    ['nothing.localhost', 404, 'DEPLOYMENT_NOT_FOUND'],
    ['paused.localhost', 503, 'DEPLOYMENT_PAUSED'],
    ['queued.localhost', 503, 'DEPLOYMENT_NOT_READY'],
    ['failed.localhost', 404, 'DEPLOYMENT_FAILED'],
    ['mute.localhost', 500, 'FUNCTION_INVOCATION_FAILED'],
    ['app.localhost/break', 502, 'NO_RESPONSE_FROM_FUNCTION'],
    ['app.localhost/hang', 504, 'FUNCTION_INVOCATION_TIMEOUT'],
  ])('answers for %s with %i %s', async (url, status, code) => {
    const [host, path] = url.split('/');
    const answer = await get(host, `/${path ?? ''}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['x-vercel-error']).toBe(code);
    expect(answer.headers['x-vercel-id']).toMatch(/^dev1::/);
    expect(answer.body).toContain(code);
  });

  it('finds the deployment whatever the case and port of the Host header', async () => {
    expect((await get('APP.localhost:9999')).body).toBe('hello');
    expect((await get('app.localhost.')).body).toBe('hello');
  });

  it('streams both ways and keeps repeated headers', async () => {
    const outgoing = open('app.localhost', '/stream', 'POST', {
      'transfer-encoding': 'chunked',
    });
    outgoing.flushHeaders();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    const [first] = await once(response, 'data');
    // The answer has begun before the request is complete.
    expect(String(first)).toBe('first');
    expect(uses.size).toBe(1);
    outgoing.end('more');
    const [last] = await once(response, 'data');
    expect(String(last)).toBe(' last');
  });

  it('adds a cookie of a split to those of the process, and records who answered', async () => {
    const outgoing = open('split.localhost', '/stream', 'POST', {
      'content-length': '4',
    });
    outgoing.end('more');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    expect(response.headers['set-cookie']).toEqual([
      'a=1',
      'b=2',
      expect.stringContaining('_vcrr_prj=rr_1.'),
    ]);
    expect(response.headers['x-vercel-canary-id']).toBe('canary');
    await gateway.settle(10_000);
    expect(gateway.requests.list().at(-1)?.deploymentId).toBe('canary');
  });

  it('tells the deployment who asks, and believes no forged headers', async () => {
    await get('app.localhost', '/', {
      'x-forwarded-for': '8.8.8.8',
      'x-vercel-id': 'forged',
    });
    expect(received[0].headers).toMatchObject({
      host: 'app.localhost',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'app.localhost',
      'x-forwarded-proto': 'http',
      'x-vercel-id': expect.stringMatching(/^dev1::/),
    });
  });

  it('passes upgraded connections through', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /socket HTTP/1.1\r\nhost: app.localhost\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n',
    );
    const [head] = await once(socket, 'data');
    expect(String(head)).toContain('101 Switching Protocols');
    socket.write('ping');
    const [echo] = await once(socket, 'data');
    expect(String(echo)).toBe('ping');
    socket.destroy();
    await gateway.settle(10_000);
    expect(gateway.requests.list().at(-1)).toMatchObject({
      path: '/socket',
      kind: 'process',
      status: 101,
    });
  });

  it('redirects with the path', async () => {
    const answer = await get('moved.localhost', '/a?b=1');
    expect(answer.status).toBe(308);
    expect(answer.headers.location).toBe('http://app.localhost/a?b=1');
  });

  it('serves static files, and none outside of the folder', async () => {
    const read = async (path: string) => {
      const { status, body } = await get('static.localhost', path);
      return status === 200 ? body : status;
    };
    expect(await read('/docs')).toBe('docs');
    expect(await read('/about')).toBe('about');
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/docs/..%2f..%2fsecret.txt',
      '/link.txt',
      '/.env',
      '/%00',
      '/%',
    ]) {
      expect(await read(path)).toBe(404);
    }
    const { headers } = await get('static.localhost', '/about');
    const again = await get('static.localhost', '/about', {
      'if-none-match': headers.etag,
    });
    expect(again.status).toBe(304);
    const posted = open('static.localhost', '/about', 'POST');
    posted.end();
    const [response] = (await once(posted, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(405);
  });

  it('remembers each request and tells who listens', async () => {
    const heard: string[] = [];
    const stop = gateway.requests.onRequest(({ path }) => heard.push(path));
    await get('app.localhost', '/page?token=secret');
    await get('app.localhost', '/break');
    await gateway.settle(10_000);
    stop();
    await get('app.localhost', '/unheard');
    expect(heard).toEqual(['/page', '/break']);
    const [page, broken] = gateway.requests
      .list({ deploymentId: 'app.localhost' })
      .filter(({ path }) => heard.includes(path))
      .slice(-2);
    expect(page).toMatchObject({
      projectId: 'prj',
      method: 'GET',
      status: 200,
      target: 'preview',
      error: undefined,
    });
    expect(page.responseBytes).toBeGreaterThan('hello'.length);
    expect(broken).toMatchObject({
      status: 502,
      error: 'NO_RESPONSE_FROM_FUNCTION',
    });
    expect(gateway.requests.list({ projectId: 'other' })).toEqual([]);
  });

  it('remembers what it answered itself, on whose behalf, and who left', async () => {
    const heard: ServedRequest[] = [];
    const stop = gateway.requests.onRequest(request => heard.push(request));
    await get('moved.localhost', '/a?b=1');
    await get('paused.localhost');
    await get('queued.localhost');
    await get('static.localhost', '/none');
    await get('nothing.localhost');
    const left = open('app.localhost', '/hang');
    left.on('error', () => {});
    left.end();
    await once(hanging, 'request');
    left.destroy();
    await gateway.settle(10_000);
    stop();
    expect(
      heard.map(({ deploymentId, kind, status, error }) => [
        deploymentId,
        kind,
        status,
        error,
      ]),
    ).toEqual([
      ['moved.localhost', 'redirect', 308, undefined],
      ['paused.localhost', 'gateway', 503, 'DEPLOYMENT_PAUSED'],
      ['queued.localhost', 'gateway', 503, 'DEPLOYMENT_NOT_READY'],
      ['static.localhost', 'static', 404, 'NOT_FOUND'],
      ['app.localhost', 'process', 499, 'CLIENT_CLOSED_REQUEST'],
    ]);
    expect(heard[0]).toMatchObject({ path: '/a', query: '?b=1' });
    expect(heard[4].durationMillis).toBeLessThan(200);
  });
});
