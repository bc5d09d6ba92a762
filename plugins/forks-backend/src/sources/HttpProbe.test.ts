import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OwnRequests } from '@forkyard/backend-kit';
import { HttpProbe } from './HttpProbe';

const own = new OwnRequests('secret');

describe('HttpProbe', () => {
  let server: Server;
  let port: number;
  const hosts: Array<string | undefined> = [];
  let userAgent = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      hosts.push(request.headers.host);
      userAgent = request.headers['user-agent'] ?? '';
      if (request.url === '/never') return;
      response.statusCode = request.url === '/healthz?x=1' ? 200 : 503;
      response.end('ok');
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('reaches names under localhost on this machine, with their Host header', async () => {
    const url = `http://shop.localhost:${port}`;
    await expect(new HttpProbe(own).get(`${url}/healthz?x=1`)).resolves.toEqual(
      {
        status: 200,
      },
    );
    expect(hosts.at(-1)).toBe(`shop.localhost:${port}`);
    expect(own.isOwn(userAgent, 'shop.localhost')).toBe(true);
    await expect(new HttpProbe(own).get(url)).resolves.toEqual({ status: 503 });
  });

  it('says why there was no answer', async () => {
    await expect(
      new HttpProbe(own, 20).get(`http://shop.localhost:${port}/never`),
    ).resolves.toEqual({ failure: 'no answer within 0.02 s' });
    await expect(
      new HttpProbe(own).get('http://shop.localhost:1/'),
    ).resolves.toEqual({ failure: expect.stringContaining('ECONNREFUSED') });
  });

  it('ends with the reason of the caller', async () => {
    const controller = new AbortController();
    const asking = new HttpProbe(own).get(
      `http://shop.localhost:${port}/never`,
      {
        signal: controller.signal,
      },
    );
    controller.abort(new Error('stop'));
    await expect(asking).rejects.toThrow('stop');
  });
});
