import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { ConfigReader } from '@backstage/config';
import { mockServices } from '@backstage/backend-test-utils';
import { UrlReaderFileSource } from '@forkyard/backend-kit';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import { MAX_FILE_BYTES, parseOpenSlo } from '../openslo/parseOpenSlo';
import type { SloFileSource } from './SloFileSource';

describe('SloFileSource', () => {
  let cloud: TestLocalCloud;
  let source: SloFileSource;
  let repository: string;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
    repository = `${cloud.urls.github}/acme/base-app/tree/main/`;
    const { host } = new URL(cloud.urls.github);
    source = new UrlReaderFileSource(
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
      { maxBytes: MAX_FILE_BYTES },
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
});
