import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { ConfigReader } from '@backstage/config';
import { mockServices } from '@backstage/backend-test-utils';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import { parseOpenSlo } from '../openslo/parseOpenSlo';
import { UrlReaderSloFileSource } from './UrlReaderSloFileSource';

describe('UrlReaderSloFileSource', () => {
  let cloud: TestLocalCloud;
  let source: UrlReaderSloFileSource;
  let repository: string;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
    repository = `${cloud.urls.github}/acme/base-app/tree/main/`;
    const { host } = new URL(cloud.urls.github);
    source = new UrlReaderSloFileSource(
      UrlReaders.default({
        logger: mockServices.logger.mock(),
        config: new ConfigReader({
          integrations: {
            github: [
              {
                host,
                apiBaseUrl: cloud.urls.github,
                rawBaseUrl: cloud.urls.github,
                token: cloud.token,
              },
            ],
          },
        }),
      }),
    );
  });

  afterAll(() => cloud.dispose());

  it('reads the file from GitHub, and again only after it has changed', async () => {
    const url = `${repository}slo.yaml`;
    const content = await source.read({ url });
    const { text, etag } = content as { text: string; etag: string };
    expect(parseOpenSlo({ path: 'slo.yaml', text })).toMatchObject({
      definitions: [{ name: 'availability' }, { name: 'latency' }],
    });
    expect(await source.read({ url, etag })).toEqual({ unchanged: true });
  });

  it('tells a file that is not there from a repository that cannot be asked', async () => {
    await expect(
      source.read({ url: `${repository}absent.yaml` }),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: 'The repository has no such file',
    });
    await expect(
      source.read({ url: 'http://127.0.0.1:1/acme/shop/tree/main/slo.yaml' }),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: 'The repository could not be read; it is tried again',
    });
  });

  it('does not take in a file that is too large', async () => {
    const huge = new UrlReaderSloFileSource(
      mockServices.urlReader.mock({
        readUrl: async () => ({ buffer: async () => Buffer.alloc(65_537) }),
      }),
    );
    await expect(huge.read({ url: 'x' })).rejects.toMatchObject({
      name: 'InputError',
      message: 'The file is larger than 64 KiB',
    });
  });
});
