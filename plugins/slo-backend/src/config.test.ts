import { ConfigReader } from '@backstage/config';
import { OwnRequests } from '@forkyard/backend-kit';
import { readSloConfig } from './config';

describe('readSloConfig', () => {
  it('has a value for everything that is left out', () => {
    expect(readSloConfig(new ConfigReader({}))).toEqual({
      evaluationSeconds: 15,
      fileRefreshSeconds: 300,
      minimumBadRequests: 5,
      windowScale: 1,
      ignoredPaths: ['/healthz', '/metrics'],
      ownRequests: expect.any(OwnRequests),
      githubHost: 'github.com',
    });
  });

  it('reads what is set', () => {
    const config = new ConfigReader({
      forks: { encryptionKey: 'key' },
      integrations: { github: [{ host: 'git.example.com' }] },
      slo: {
        alertWindowScale: 0.1,
        vercel: {
          drainUrl: 'https://portal.example.com/api/slo/drains/vercel/',
        },
        prometheus: { url: 'http://prometheus:9090/', token: 'token' },
      },
    });
    expect(readSloConfig(config)).toMatchObject({
      windowScale: 0.1,
      encryptionKey: 'key',
      githubHost: 'git.example.com',
      drainUrl: 'https://portal.example.com/api/slo/drains/vercel',
      prometheus: {
        url: 'http://prometheus:9090',
        token: 'token',
        entityLabel: 'entity_ref',
      },
    });
  });

  it.each([
    [{ evaluationSeconds: 1 }, "'slo.evaluationSeconds' is 1"],
    [{ fileRefreshSeconds: 1e9 }, "'slo.fileRefreshSeconds' is 1000000000"],
    [{ minimumBadRequests: 0 }, "'slo.minimumBadRequests' is 0"],
    [{ alertWindowScale: 2 }, "'slo.alertWindowScale' is 2"],
    [{ ignoredPaths: ['healthz'] }, "'slo.ignoredPaths' has 'healthz'"],
    [{ vercel: { drainUrl: 'portal' } }, "'slo.vercel.drainUrl' is 'portal'"],
    [
      { vercel: { drainUrl: 'https://portal.example.com' } },
      "'slo.vercel.drainUrl' is set, but",
    ],
    [
      { vercel: { drainSecret: 'fifteen letters' } },
      "'slo.vercel.drainSecret' has 15 characters",
    ],
    [{ prometheus: { url: 'ftp://x' } }, "'slo.prometheus.url' is 'ftp://x'"],
  ])('refuses %j and says what to do', (slo, message) => {
    const read = () => readSloConfig(new ConfigReader({ slo }));
    expect(read).toThrow(message);
    expect(read).toThrow(
      /set (it|'slo.encryptionKey' or 'forks.encryptionKey') to|begins with/,
    );
  });
});
