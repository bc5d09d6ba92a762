import { Readable } from 'node:stream';
import { mockServices } from '@backstage/backend-test-utils';
import { NotFoundError, NotModifiedError } from '@backstage/errors';
import { UrlReaderFileSource } from './UrlReaderFileSource';

const sourceOf = (readUrl: () => Promise<object>) =>
  new UrlReaderFileSource(
    mockServices.urlReader.mock({ readUrl: readUrl as never }),
    { maxBytes: 2048 },
  );

const request = { url: 'https://github.test/acme/shop/tree/main/file.yaml' };

describe('UrlReaderFileSource', () => {
  it('reads what comes whole or in pieces, up to its bound', async () => {
    const streamed = (size: number) => async () => ({
      etag: 'one',
      stream: () => Readable.from([Buffer.alloc(1024, 'a'), 'b'.repeat(size)]),
    });
    const { text, etag } = Object(await sourceOf(streamed(1024)).read(request));
    expect([text.length, text.slice(1023, 1025), etag]).toEqual([
      2048,
      'ab',
      'one',
    ]);
    const buffered = (size: number) => async () => ({
      buffer: async () => Buffer.alloc(size, 'a'),
    });
    expect(await sourceOf(buffered(3)).read(request)).toEqual({ text: 'aaa' });
    for (const readUrl of [streamed(1025), buffered(2049)]) {
      await expect(sourceOf(readUrl).read(request)).rejects.toMatchObject({
        name: 'InputError',
        message: 'The file is larger than 2 KiB',
      });
    }
  });

  it('tells unchanged, absent and unreachable apart, and no cause to clients', async () => {
    const failing = (error: Error) => sourceOf(() => Promise.reject(error));
    expect(await failing(new NotModifiedError()).read(request)).toEqual({
      unchanged: true,
    });
    const absent = failing(new NotFoundError('token abc'));
    await expect(absent.read(request)).rejects.toMatchObject({
      name: 'NotFoundError',
      message: 'The repository has no such file',
    });
    expect(await absent.exists(request)).toBe(false);
    const away = failing(new Error('token abc'));
    for (const asked of [away.read(request), away.exists(request)]) {
      const error = await asked.catch(thrown => thrown);
      expect(error.name).toBe('ServiceUnavailableError');
      expect(JSON.stringify({ ...error })).not.toContain('abc');
      expect(error.cause.message).toBe('token abc');
    }
  });

  it('takes in nothing of a file of which only the existence is asked', async () => {
    const stream = Readable.from(['a', 'b']);
    const source = sourceOf(async () => ({ stream: () => stream }));
    expect(await source.exists(request)).toBe(true);
    expect(stream.destroyed).toBe(true);
  });
});
