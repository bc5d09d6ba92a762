import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { readVercelModuleConfig } from './config';

const read = (config: JsonObject) =>
  readVercelModuleConfig(new ConfigReader(config));

describe('readVercelModuleConfig', () => {
  it('needs nothing', () => {
    expect(read({})).toEqual({
      webhookUrl: undefined,
      webhookSecret: undefined,
      encryptionKey: undefined,
      gitHubUrl: 'https://github.com',
      trustAnnotations: false,
    });
  });

  it('trusts annotations only when told to', () => {
    const vercel = { trustAnnotations: true };
    expect(read({ deployments: { vercel } }).trustAnnotations).toBe(true);
  });

  it("takes the installation's key when it has none of its own", () => {
    const forks = { encryptionKey: 'theirs' };
    expect(read({ forks }).encryptionKey).toBe('theirs');
    expect(
      read({ forks, deployments: { encryptionKey: 'ours' } }).encryptionKey,
    ).toBe('ours');
  });

  it.each([
    ['github.com', 'https://api.github.com', 'https://github.com'],
    ['ghe.acme.test', 'https://ghe.acme.test/api/v3', 'https://ghe.acme.test'],
    ['127.0.0.1:4391', 'http://127.0.0.1:4391', 'http://127.0.0.1:4391'],
  ])('shows commits of %s at its pages', (host, apiBaseUrl, gitHubUrl) => {
    expect(
      read({ integrations: { github: [{ host, apiBaseUrl }] } }).gitHubUrl,
    ).toBe(gitHubUrl);
  });

  it.each(['here', 'ftp://x'])('refuses the webhook URL %s', webhookUrl => {
    expect(() => read({ deployments: { vercel: { webhookUrl } } })).toThrow(
      /'deployments.vercel.webhookUrl' is/,
    );
  });
});
