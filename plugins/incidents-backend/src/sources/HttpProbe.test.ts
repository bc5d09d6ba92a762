import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OwnRequests } from '@forkyard/backend-kit';
import { HttpProbe } from './HttpProbe';

describe('HttpProbe', () => {
  const own = new OwnRequests('secret');
  const probe = new HttpProbe(own);
  let server: Server;
  let port: number;
  let hosts: (string | undefined)[];
  let userAgent = '';

  beforeAll(async () => {
    server = createServer((req, res) => {
      hosts.push(req.headers.host);
      userAgent = req.headers['user-agent'] ?? '';
      if (req.url === '/hangs') return;
      if (req.url === '/elsewhere') {
        res.writeHead(302, { location: '/large' }).end('moved');
      } else {
        res.end('x'.repeat(1_000_000));
      }
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  });

  beforeEach(() => {
    hosts = [];
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  const get = (url: string, timeoutMs = 5000) => probe.get(url, { timeoutMs });

  it('asks *.localhost at this machine by its name, and reads the beginning of the body', async () => {
    const answer = await get(`http://shop.localhost:${port}/large`);
    expect(answer).toMatchObject({ status: 200 });
    expect('body' in answer && answer.body.length).toBe(256 * 1024);
    expect(hosts).toEqual([`shop.localhost:${port}`]);
    expect(own.isOwn(userAgent, 'shop.localhost')).toBe(true);
  });

  it('does not follow where it is sent', async () => {
    const answer = await get(`http://shop.localhost:${port}/elsewhere`);
    expect(answer).toMatchObject({ status: 302, body: 'moved' });
    expect(hosts).toHaveLength(1);
  });

  it('says when there is no answer in time', async () => {
    expect(await get(`http://shop.localhost:${port}/hangs`, 50)).toEqual({
      failure: 'no answer within 0.05 s',
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
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
    '192.168.1.1',
    '100.100.100.200',
    '[fd00::1]',
    '[fe80::1]',
  ])('does not connect to %s, which is no public address', async host => {
    const answer = await get(`http://${host}:${port}/`);
    expect(answer).toMatchObject({
      failure: expect.stringContaining('private address'),
    });
    expect(hosts).toEqual([]);
  });

  it('asks by http and https only', async () => {
    expect(await get('file:///etc/passwd')).toHaveProperty('failure');
  });
});
