import type { lookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OwnRequests } from './OwnRequests';
import { UrlProbe, type UrlProbeOptions } from './UrlProbe';

const ownRequests = new OwnRequests('secret');

describe('asking a URL from outside', () => {
  let server: Server;
  let port: number;
  let asked: (string | undefined)[];
  let userAgent: string;

  beforeAll(async () => {
    server = createServer((req, res) => {
      asked.push(req.headers.host);
      userAgent = req.headers['user-agent'] ?? '';
      const redirect = /^\/to\/(.*)$/.exec(req.url ?? '')?.[1];
      if (req.url === '/hangs') return;
      if (redirect !== undefined) {
        res
          .writeHead(302, { location: decodeURIComponent(redirect) })
          .end('moved');
      } else {
        res.writeHead(200, { 'x-frame-options': 'DENY' });
        res.end('x'.repeat(1_000_000));
      }
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  });

  beforeEach(() => {
    asked = [];
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  const probe = (address: string, options: Partial<UrlProbeOptions> = {}) =>
    new UrlProbe({ purpose: 'test', ownRequests, ...options }).get(address);
  const shop = (path: string) => `http://shop.localhost:${port}${path}`;
  const redirecting = (to: string) => shop(`/to/${encodeURIComponent(to)}`);

  it('asks *.localhost at this machine by its name', async () => {
    expect(await probe(shop('/'))).toMatchObject({
      kind: 'answered',
      url: new URL(shop('/')),
      status: 200,
      headers: { 'x-frame-options': 'DENY' },
      body: '',
      durationMilliseconds: expect.any(Number),
    });
    expect(asked).toEqual([`shop.localhost:${port}`]);
    expect(userAgent).toMatch(/^forkyard-test/);
    expect(ownRequests.isOwn(userAgent, 'shop.localhost')).toBe(true);
  });

  it('reads no more of the body than was asked for', async () => {
    const answer = await probe(shop('/'), { bodyBytes: 70_000 });
    expect(answer).toMatchObject({ body: 'x'.repeat(70_000) });
  });

  it('gives a redirect as it is unless it is to be followed', async () => {
    expect(await probe(redirecting('/end'))).toMatchObject({ status: 302 });
    expect(await probe(redirecting('/end'), { maxRedirects: 1 })).toMatchObject(
      { status: 200, url: new URL(shop('/end')) },
    );
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['http://elsewhere.localhost/', 'it redirects to http://elsewhere'],
    ['file:///etc/passwd', 'it redirects to null'],
    ['http://', 'it redirects to http://'],
    ['/to/%2Fto%2F%252F', 'it redirects more than 2 times'],
  ])('does not follow to %s', async (to, reason) => {
    const answer = await probe(redirecting(to), { maxRedirects: 2 });
    expect(answer).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(reason),
    });
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[::]',
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
    '172.31.255.1',
    '192.168.1.1',
    '100.100.100.200',
    '198.18.0.1',
    '255.255.255.255',
    '[fd00::1]',
    '[fe80::1]',
    '[ff02::1]',
  ])('does not connect to %s, which is no public address', async host => {
    expect(await probe(`https://${host}:${port}/`)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('leads to a private address'),
    });
    expect(asked).toEqual([]);
  });

  it('does not connect to a name one of whose addresses is private', async () => {
    const resolver = ((
      _name: string,
      _options: object,
      callback: (error: null, addresses: object[]) => void,
    ) => {
      callback(null, [
        { address: '203.0.114.7', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    }) as unknown as typeof lookup;
    expect(
      await probe(`https://shop.example.com:${port}/`, { lookup: resolver }),
    ).toEqual({
      kind: 'refused',
      reason: "'shop.example.com' leads to a private address",
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['file:///etc/passwd', 'is no web address'],
    ['shop', 'is no web address'],
    ['http://shop.example.com/', 'is neither https nor this machine'],
  ])('asks by https, or this machine, not %s', async (address, reason) => {
    expect(await probe(address)).toEqual({
      kind: 'refused',
      reason: expect.stringContaining(reason),
    });
  });

  it('says when there is no answer in time', async () => {
    expect(await probe(shop('/hangs'), { timeoutMs: 50 })).toEqual({
      kind: 'silent',
      reason: 'no answer within 0.05 s',
    });
  });

  it('says when nothing listens', async () => {
    expect(await probe('http://shop.localhost:1/')).toMatchObject({
      kind: 'silent',
    });
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    const asking = new UrlProbe({ purpose: 'test', ownRequests }).get(
      shop('/hangs'),
      controller,
    );
    controller.abort(new Error('The portal stops.'));
    await expect(asking).rejects.toThrow('The portal stops.');
  });
});
