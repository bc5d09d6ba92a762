import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InputError } from '@backstage/errors';
import { PayloadTooLargeError } from './PayloadTooLargeError';

const inflateGzip = promisify(gunzip);

/**
 * Undoes the compression of a body, and stops when it turns out longer than
 * `limitBytes`.
 */
export async function inflate(
  body: Buffer[],
  options: { encoding: string | undefined; limitBytes: number },
): Promise<Buffer[]> {
  const { encoding = 'identity', limitBytes } = options;
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    throw new InputError(
      `The body of the drain has the content encoding '${encoding}', but only gzip or none is read.`,
    );
  }
  try {
    const inflated = await inflateGzip(Buffer.concat(body), {
      maxOutputLength: limitBytes,
    });
    return [inflated];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new PayloadTooLargeError(
        `The body of the drain has more than ${limitBytes} bytes after inflation: send smaller batches.`,
      );
    }
    throw new InputError('The body of the drain is no gzip.', error);
  }
}
