import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '@backstage/errors';
import { ReportTooLargeError } from './ReportTooLargeError';

const MAX_BYTES = 20 * 1024 * 1024;
const MAX_INFLATED_BYTES = 100 * 1024 * 1024;

/**
 * Reads a body chunk by chunk within bounds, unpacking it when it is gzip,
 * whatever its headers say.
 *
 * When the reader stops early the request is not destroyed, so that the answer
 * still reaches the client.
 */
export async function* readBody(request: Readable): AsyncIterable<Buffer> {
  const chunks = bounded(
    request.iterator({ destroyOnReturn: false }),
    MAX_BYTES,
    `The report is larger than ${megabytes(MAX_BYTES)} MB as sent`,
  );
  const first = await chunks.next();
  if (first.done) throw new InputError('The report is empty.');
  const source = Readable.from(resumed(first.value, chunks), {
    objectMode: false,
  });
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  const plain = isGzip ? pipeline(source, createGunzip(), () => {}) : source;
  try {
    yield* bounded(
      plain,
      MAX_INFLATED_BYTES,
      `The report is larger than ${megabytes(MAX_INFLATED_BYTES)} MB when unpacked`,
    );
  } catch (error) {
    const { code } = error as { code?: string };
    if (code?.startsWith('Z_')) {
      throw new InputError(
        'The report begins like gzip and cannot be unpacked: send it whole, or as plain JSON.',
      );
    }
    throw error;
  }
}

async function* resumed(first: Buffer, rest: AsyncIterable<Buffer>) {
  yield first;
  yield* rest;
}

async function* bounded(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  message: string,
): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new ReportTooLargeError(
        `${message}: split it by category, or leave out what is not a result. Nothing of it was kept.`,
      );
    }
    if (chunk.length > 0) yield chunk;
  }
}

function megabytes(bytes: number): number {
  return bytes / 1024 / 1024;
}
