import { ConfigReader } from '@backstage/config';
import { OwnRequests } from './OwnRequests';

const fromConfig = (data: object) =>
  OwnRequests.fromConfig(new ConfigReader(data as {}));

describe('OwnRequests', () => {
  const portal = fromConfig({ forks: { encryptionKey: 'key of one' } });
  const agent = portal.userAgentFor('smoke-test', 'shop.example.com');

  it('knows its requests in every replica, whatever the port', () => {
    expect(agent).toMatch(/^forkyard-smoke-test\/[\w-]{22}$/);
    const replica = fromConfig({ forks: { encryptionKey: 'key of one' } });
    expect(replica.isOwn(agent, 'Shop.example.com:4393')).toBe(true);
  });

  it('takes no request for its own that was not made with its secret, for that host', () => {
    const isOwn = (userAgent: string, host = 'shop.example.com') =>
      portal.isOwn(userAgent, host);
    const other = fromConfig({ forks: { encryptionKey: 'key of another' } });
    expect([
      isOwn('forkyard-smoke-test'),
      isOwn('forkyard-smoke-test/'),
      isOwn(`forkyard-smoke-test/${'A'.repeat(22)}`),
      isOwn(other.userAgentFor('smoke-test', 'shop.example.com')),
      isOwn(agent, 'bank.example.com'),
      isOwn(agent, ''),
      isOwn(`${agent}x`),
    ]).toEqual(Array(7).fill(false));
  });

  it.each([
    { slo: { encryptionKey: 'a key' } },
    { slo: { vercel: { drainSecret: 'a secret' } } },
  ])('takes another secret without one of the forks plugin: %j', data => {
    const own = fromConfig(data);
    expect(own.isOwn(own.userAgentFor('scan', 'a.test'), 'a.test')).toBe(true);
  });

  it('names its requests without any secret, and takes none for its own', () => {
    const own = fromConfig({});
    expect(own.userAgentFor('scan', 'a.test')).toBe('forkyard-scan');
    expect(own.isOwn('forkyard-scan', 'a.test')).toBe(false);
  });
});
