import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import { TestRepository } from '../__testUtils__/TestRepository';
import { UrlReaderRunbookSource } from './UrlReaderRunbookSource';

describe('UrlReaderRunbookSource', () => {
  let cloud: TestLocalCloud;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
  });

  afterAll(async () => {
    await cloud.dispose();
  });

  const createSource = (token = cloud.token) =>
    new UrlReaderRunbookSource(
      UrlReaders.default({
        config: new ConfigReader({
          integrations: {
            github: [
              {
                host: new URL(cloud.urls.github).host,
                apiBaseUrl: cloud.urls.github,
                rawBaseUrl: cloud.urls.github,
                token,
              },
            ],
          },
        }),
        logger: mockServices.logger.mock(),
      }),
    );

  const request = (folder = 'runbooks', repository = 'base-app') => ({
    location: `${cloud.urls.github}/acme/${repository}/tree/main/${folder}/`,
    folder,
  });

  it('reads the runbooks of a repository, and not again while its commit stays', async () => {
    const source = createSource();
    const read = await source.readFolder(request());
    expect(read?.files.map(({ path }) => path)).toEqual([
      'runbooks/database-unavailable.md',
      'runbooks/high-error-rate.md',
      'runbooks/roll-back.md',
    ]);
    expect(read?.files[1].markdown).toContain('# High error rate');
    expect(read?.etag).toMatch(/^[0-9a-f]{40}$/);
    expect(
      await source.readFolder({ ...request(), etag: read?.etag }),
    ).toBeUndefined();
  });

  it('finds nothing in a folder that is not there, and nothing beside Markdown', async () => {
    const source = createSource();
    expect((await source.readFolder(request('absent')))?.files).toEqual([]);
    expect((await source.readFolder(request('src')))?.files).toEqual([]);
  });

  it.each([
    ['a repository that is not there', undefined, 'gone'],
    ['a token that is refused', 'wrong', 'base-app'],
  ])('says so in words of its own for %s', async (_, token, repository) => {
    await expect(
      createSource(token).readFolder(request('runbooks', repository)),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('cannot be read'),
    });
  });

  it('leaves out what is too large or too much, and says so', async () => {
    const repository = new TestRepository();
    for (let index = 0; index < 101; index++) {
      repository.files[`${index}.md`] = '# Fine\0';
    }
    repository.files['large.md'] = 'x'.repeat(64_001);
    repository.files['below/this.md'] = '# No';
    const source = new UrlReaderRunbookSource(
      mockServices.urlReader.mock({
        readTree: repository.readTree.bind(repository),
      }),
    );
    const read = await source.readFolder({ location: 'x', folder: 'runbooks' });
    expect(read?.files).toHaveLength(100);
    expect(read?.files[0].markdown).not.toContain('\0');
    expect(read?.leftOut).toEqual([
      'There are more than 100 runbooks: the others are not read.',
      expect.stringContaining("'large.md'"),
    ]);
  });
});
