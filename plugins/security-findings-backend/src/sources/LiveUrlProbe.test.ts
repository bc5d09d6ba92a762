import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OwnRequests } from '@forkyard/backend-kit';
import { LiveUrlProbe } from './LiveUrlProbe';

const ownRequests = new OwnRequests('secret');

describe('LiveUrlProbe', () => {
  let server: Server;
  let port: number;
  let answer: (response: ServerResponse, url: string) => void;
  const seen: string[] = [];
  let userAgent = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.headers.host}${request.url}`);
      userAgent = request.headers['user-agent'] ?? '';
      answer(response, request.url ?? '');
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  beforeEach(() => {
    seen.length = 0;
    answer = response => response.writeHead(200, { 'x-a': '1' }).end();
  });

  /** A resolver that gives one address for every name. */
  const resolvingTo = (address: string) =>
    new LiveUrlProbe({
      ownRequests,
      lookup: ((_name: string, _options: object, callback: Function) =>
        callback(null, [
          { address, family: address.includes(':') ? 6 : 4 },
        ])) as never,
    });

  it('asks *.localhost on this machine, with its name as host', async () => {
    const got = await new LiveUrlProbe({ ownRequests }).get(
      `http://shop.localhost:${port}/x`,
    );
    expect(got).toMatchObject({
      kind: 'answered',
      status: 200,
      headers: { 'x-a': '1' },
    });
    expect(seen).toEqual([`shop.localhost:${port}/x`]);
    expect(ownRequests.isOwn(userAgent, 'shop.localhost')).toBe(true);
  });

  it('follows redirects on the same host only, and not for ever', async () => {
    const root = `http://shop.localhost:${port}`;
    answer = (response, url) =>
      url === '/'
        ? response.writeHead(307, { location: '/en' }).end()
        : response.writeHead(200).end();
    expect(await new LiveUrlProbe({ ownRequests }).get(root)).toMatchObject({
      kind: 'answered',
      url: new URL(`${root}/en`),
    });
    answer = response =>
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end();
    seen.length = 0;
    expect(await new LiveUrlProbe({ ownRequests }).get(root)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('redirects to another host'),
    });
    expect(seen).toHaveLength(1);
    answer = response => response.writeHead(302, { location: '/' }).end();
    expect(await new LiveUrlProbe({ ownRequests }).get(root)).toMatchObject({
      reason: expect.stringContaining('more than 3 times'),
    });
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:127.0.0.1',
  ])(
    'connects to no name that resolves to %s, nor to it itself',
    async address => {
      const named = resolvingTo(address).get(`http://shop.example:${port}/`);
      expect(await named).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('private network'),
      });
      const host = address.includes(':') ? `[${address}]` : address;
      const itself = new LiveUrlProbe({ ownRequests }).get(
        `http://${host}:${port}/`,
      );
      expect(await itself).toMatchObject({ kind: 'refused' });
      expect(seen).toEqual([]);
    },
  );

  it('refuses numbers that are addresses in disguise, and what is no web address', async () => {
    const probe = new LiveUrlProbe({ ownRequests });
    for (const address of [
      `http://2130706433:${port}/`,
      `http://0x7f.1:${port}/`,
      'file:///etc/passwd',
      'shop',
    ]) {
      expect(await probe.get(address)).toMatchObject({ kind: 'refused' });
    }
    expect(seen).toEqual([]);
  });

  it('says that there was no answer, in time', async () => {
    answer = () => {};
    const probe = new LiveUrlProbe({ ownRequests, timeoutMs: 50 });
    await expect(
      probe.get(`http://shop.localhost:${port}`),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('no answer within 0.05 s'),
    });
    await expect(probe.get('http://shop.localhost:1/')).rejects.toThrow(
      'did not answer',
    );
  });
});
