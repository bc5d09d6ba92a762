import type { UrlReaderService } from '@backstage/backend-plugin-api';
import {
  InputError,
  isError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { MAX_FILE_BYTES } from '../openslo/parseOpenSlo';
import type { SloFileContent, SloFileSource } from './SloFileSource';

const TIMEOUT_MS = 20_000;

/** Reads through Backstage's integrations, conditionally by etag. */
export class UrlReaderSloFileSource implements SloFileSource {
  constructor(private readonly urlReader: UrlReaderService) {}

  async read(request: { url: string; etag?: string }): Promise<SloFileContent> {
    const { url, etag } = request;
    try {
      const response = await this.urlReader.readUrl(url, {
        etag,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = response.stream
        ? await readBounded(response.stream())
        : bounded(await response.buffer()).toString('utf8');
      return { text, etag: response.etag };
    } catch (error) {
      if (isError(error)) {
        if (error.name === 'NotModifiedError') return { unchanged: true };
        if (error.name === 'NotFoundError') {
          throw new NotFoundError('The repository has no such file');
        }
        if (error instanceof InputError) throw error;
      }
      // The cause may quote addresses and tokens, and is for the log only.
      throw Object.defineProperty(
        new ServiceUnavailableError(
          'The repository could not be read; it is tried again',
        ),
        'cause',
        { value: error, enumerable: false },
      );
    }
  }
}

function bounded(bytes: Buffer): Buffer {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new InputError(
      `The file is larger than ${MAX_FILE_BYTES / 1024} KiB`,
    );
  }
  return bytes;
}

async function readBounded(
  stream: AsyncIterable<Buffer | string>,
): Promise<string> {
  let read = Buffer.alloc(0);
  for await (const chunk of stream) {
    read = bounded(Buffer.concat([read, Buffer.from(chunk)]));
  }
  return read.toString('utf8');
}
