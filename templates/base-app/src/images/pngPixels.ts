import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';

/** What the first chunk of a PNG says about the image. */
export interface PngHeader {
  width: number;
  height: number;
  bitsPerPixel: number;
  isInterlaced: boolean;
}

interface Chunk {
  type: string;
  data: Uint8Array;
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const headerBytes = 13;
const mostPaletteBytes = 256 * 3;
const channelsByColorType = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);
/** Where each of the seven passes of an interlaced image begins, and its steps. */
const passes = [
  { x: 0, y: 0, xStep: 8, yStep: 8 },
  { x: 4, y: 0, xStep: 8, yStep: 8 },
  { x: 0, y: 4, xStep: 4, yStep: 8 },
  { x: 2, y: 0, xStep: 4, yStep: 4 },
  { x: 0, y: 2, xStep: 2, yStep: 4 },
  { x: 1, y: 0, xStep: 2, yStep: 2 },
  { x: 0, y: 1, xStep: 1, yStep: 2 },
];

export function isPng(bytes: Uint8Array): boolean {
  return signature.equals(bytes.subarray(0, signature.length));
}

/**
 * Reads the header, which has to be the first chunk.
 *
 * @throws Error when another chunk is there, or a kind of pixel PNG does not have.
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const [first] = walkChunks(bytes);
  if (first?.type !== 'IHDR' || first.data.length !== headerBytes) {
    throw new Error('The PNG does not begin with its header');
  }
  const view = viewOf(first.data);
  const depth = view.getUint8(8);
  const channels = channelsByColorType.get(view.getUint8(9));
  if (!channels || ![1, 2, 4, 8, 16].includes(depth)) {
    throw new Error('The PNG has an unknown kind of pixel');
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    bitsPerPixel: depth * channels,
    isInterlaced: view.getUint8(12) !== 0,
  };
}

/**
 * Makes a PNG of only what the pixels need: header, palette and pixel data.
 *
 * A decoder unpacks every compressed part to its end, whatever the header says,
 * and some 3 MB can hold gigabytes. So the pixel data is unpacked here, up to what
 * the header's size comes to, and handed on unpacked; profiles, texts and the rest
 * are left out.
 *
 * @throws Error when there are more pixels than the header says, or a chunk is
 *   repeated, too long or cut off.
 */
export function keepPngPixels(
  bytes: Uint8Array,
  header: PngHeader,
): Uint8Array {
  const single = new Map<string, Uint8Array>();
  const packed: Uint8Array[] = [];
  for (const { type, data } of walkChunks(bytes)) {
    if (type === 'IDAT') {
      packed.push(data);
    } else if (['IHDR', 'PLTE', 'IEND'].includes(type)) {
      if (single.has(type)) {
        throw new Error(`The PNG has ${type} more than once`);
      }
      single.set(type, data);
    }
  }
  const palette = single.get('PLTE');
  if (palette && palette.length > mostPaletteBytes) {
    throw new Error('The palette of the PNG has more than 256 colors');
  }
  const pixels = inflateSync(Buffer.concat(packed), {
    maxOutputLength: countPixelBytes(header),
  });
  return Buffer.concat([
    signature,
    writeChunk('IHDR', single.get('IHDR') ?? new Uint8Array()),
    ...(palette ? [writeChunk('PLTE', palette)] : []),
    writeChunk(
      'IDAT',
      deflateSync(pixels, { level: constants.Z_NO_COMPRESSION }),
    ),
    writeChunk('IEND', new Uint8Array()),
  ]);
}

/** Lists the chunks up to the end of the image; what follows it is not read. */
function* walkChunks(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  let at = signature.length;
  let type = '';
  while (type !== 'IEND') {
    const length = view.getUint32(at);
    const start = at + 8;
    // The checksum after the data is there too, or the file is cut off.
    at = start + length + 4;
    if (at > bytes.length) {
      throw new Error('The PNG is cut off');
    }
    type = Buffer.from(bytes.subarray(start - 4, start)).toString('latin1');
    yield { type, data: bytes.subarray(start, start + length) };
  }
}

function writeChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(
    crc32(chunk.subarray(4, data.length + 8)),
    data.length + 8,
  );
  return chunk;
}

/** Counts the bytes of all rows, each of which begins with its filter. */
function countPixelBytes(header: PngHeader): number {
  const { width, height, bitsPerPixel, isInterlaced } = header;
  const parts = isInterlaced ? passes : [{ x: 0, y: 0, xStep: 1, yStep: 1 }];
  return parts.reduce((sum, { x, y, xStep, yStep }) => {
    const columns = Math.max(0, Math.ceil((width - x) / xStep));
    const rows = Math.max(0, Math.ceil((height - y) / yStep));
    return columns === 0
      ? sum
      : sum + rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  }, 0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
