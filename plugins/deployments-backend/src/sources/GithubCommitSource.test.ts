import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import { Octokit } from '@octokit/rest';
import { GithubCommitSource } from './GithubCommitSource';
import { GithubConnector } from './GithubConnector';

describe('GithubCommitSource', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  let source: GithubCommitSource;

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
    const { github } = cloud.urls;
    octokit = new Octokit({
      auth: cloud.token,
      baseUrl: github,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    source = createSource(cloud.token);
    await octokit.repos.createInOrg({ org: 'acme', name: 'shop' });
  });

  afterAll(() => cloud.dispose());

  function createSource(token: string) {
    const integrations = ScmIntegrations.fromConfig(
      new ConfigReader({
        integrations: {
          github: [
            {
              host: new URL(cloud.urls.github).host,
              apiBaseUrl: cloud.urls.github,
              token,
            },
          ],
        },
      }),
    );
    return new GithubCommitSource(
      new GithubConnector({
        integrations,
        logger: mockServices.logger.mock(),
        limits: { maxAttempts: 1 },
      }),
    );
  }

  const pageOf = (sha: string, repo = 'shop') => ({
    sha,
    url: `${cloud.urls.github}/acme/${repo}/commit/${sha}`,
  });

  it('tells when a commit was made, to the second', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { data } = await octokit.repos.createOrUpdateFileContents({
      owner: 'acme',
      repo: 'shop',
      path: 'README.md',
      message: 'Begin',
      content: Buffer.from('Shop').toString('base64'),
    });
    const time = await source.findTime(pageOf(data.commit.sha!));
    expect(time?.getTime()).toBeGreaterThanOrEqual(before);
    expect(time?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('finds no such commit, asks no other host, and takes no other address for a commit', async () => {
    const sha = 'a'.repeat(40);
    await expect(source.findTime(pageOf(sha))).rejects.toMatchObject({
      name: expect.stringMatching(/NotFoundError|InputError/),
    });
    await expect(source.findTime(pageOf(sha, 'nowhere'))).rejects.toMatchObject(
      { name: 'NotFoundError' },
    );
    await expect(
      source.findTime({
        sha,
        url: `https://example.com/acme/shop/commit/${sha}`,
      }),
    ).rejects.toMatchObject({ name: 'InputError' });
    for (const url of [
      `${cloud.urls.github}/acme/shop/commit/${'b'.repeat(40)}`,
      `${cloud.urls.github}/acme/shop/tree/main`,
      'nonsense',
    ]) {
      expect(await source.findTime({ sha, url })).toBeUndefined();
    }
  });

  it('calls refused credentials a failure, which is no answer about the commit', async () => {
    await expect(
      createSource('wrong').findTime(pageOf('a'.repeat(40))),
    ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  });
});
