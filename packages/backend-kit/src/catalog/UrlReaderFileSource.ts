import type { UrlReaderService } from '@backstage/backend-plugin-api';
import {
  InputError,
  isError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';

const TIMEOUT_MS = 10_000;

/**
 * Reads small files of repositories through Backstage's integrations,
 * conditionally by etag, and takes in no more than `maxBytes`.
 */
export class UrlReaderFileSource {
  constructor(
    private readonly urlReader: UrlReaderService,
    private readonly options: { maxBytes: number },
  ) {}

  /**
   * Throws `NotFoundError` when there is no such file, `InputError` when it is
   * too large, and `ServiceUnavailableError` when the repository cannot be
   * asked.
   */
  async read(request: {
    url: string;
    etag?: string;
  }): Promise<{ unchanged: true } | { text: string; etag?: string }> {
    try {
      const { stream, buffer, etag } = await this.#open(request);
      const bytes = stream
        ? await this.#collect(stream())
        : this.#bound(await buffer());
      return { text: bytes.toString('utf8'), etag };
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

  async #collect(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
    let read = Buffer.alloc(0);
    for await (const chunk of stream) {
      read = this.#bound(Buffer.concat([read, Buffer.from(chunk)]));
    }
    return read;
  }

  #bound<T extends Buffer>(bytes: T): T {
    const { maxBytes } = this.options;
    if (bytes.length > maxBytes) {
      throw new InputError(`The file is larger than ${maxBytes / 1024} KiB`);
    }
    return bytes;
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
