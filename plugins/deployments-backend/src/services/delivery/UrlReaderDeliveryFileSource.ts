import type { UrlReaderService } from '@backstage/backend-plugin-api';
import {
  InputError,
  isError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type {
  DeliveryFileContent,
  DeliveryFileSource,
} from './DeliveryFileSource';
import { MAX_FILE_BYTES } from './parseDeliveryFile';

const TIMEOUT_MS = 10_000;

/** Reads through Backstage's integrations, conditionally by etag. */
export class UrlReaderDeliveryFileSource implements DeliveryFileSource {
  constructor(private readonly urlReader: UrlReaderService) {}

  async read(request: {
    url: string;
    etag?: string;
  }): Promise<DeliveryFileContent> {
    try {
      const { stream, buffer, etag } = await this.#open(request);
      const text = stream
        ? await readBounded(stream())
        : bounded(await buffer()).toString('utf8');
      return { text, etag };
    } catch (error) {
      if (isError(error)) {
        if (error.name === 'NotModifiedError') return { unchanged: true };
        if (error.name === 'NotFoundError') {
          throw new NotFoundError('The repository has no such file');
        }
        if (error instanceof InputError) throw error;
      }
      throw toUnavailable(error);
    }
  }

  async exists(request: { url: string }): Promise<boolean> {
    try {
      const { stream, buffer } = await this.#open(request);
      if (stream) stream().destroy();
      else await buffer();
      return true;
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') return false;
      throw toUnavailable(error);
    }
  }

  #open({ url, etag }: { url: string; etag?: string }) {
    return this.urlReader.readUrl(url, {
      etag,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

/** The cause may quote addresses and tokens, and is for the log only. */
function toUnavailable(error: unknown): Error {
  return Object.defineProperty(
    new ServiceUnavailableError(
      'The repository could not be read; it is tried again',
    ),
    'cause',
    { value: error, enumerable: false },
  );
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
