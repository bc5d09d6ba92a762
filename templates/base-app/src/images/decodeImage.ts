import { decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { Problem } from '../problems.js';
import { isPng, keepPngPixels, readPngHeader } from './pngPixels.js';

/** Pixels as red, green, blue, 0 to 255 each. */
export interface Image {
  width: number;
  height: number;
  pixels: Array<readonly [number, number, number]>;
}

const mostPixels = 4_000_000;
const sampledPixels = 20_000;
// Encoders write about ten; each costs a pass over all pixels, in 14 bytes.
const mostScans = 100;

/**
 * Reads a PNG or JPEG and samples its pixels evenly.
 *
 * The size is read from the header first, and nothing is unpacked past what it
 * comes to (36 MB for the largest PNG), so that a small file cannot ask for much
 * memory.
 */
export function decodeImage(bytes: Uint8Array): Image {
  if (isPng(bytes)) {
    const header = readOrRefuse(() => readPngHeader(bytes));
    refuseSize(header);
    return readOrRefuse(() => readPng(keepPngPixels(bytes, header)));
  }
  const size = readJpegSize(bytes);
  if (!size) {
    throw new Problem(400, 'Please choose a PNG or JPEG image.');
  }
  refuseSize(size);
  return readOrRefuse(() => readJpeg(bytes));
}

function refuseSize({ width, height }: { width: number; height: number }) {
  if (width * height > mostPixels || width * height === 0) {
    throw new Problem(
      400,
      `The image has ${width} × ${height} pixels; up to 4 million can be processed.`,
    );
  }
}

function readOrRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Problem(400, 'The image is damaged and cannot be read.', {
      cause: error,
    });
  }
}

function readPng(bytes: Uint8Array): Image {
  const png = decodePng(bytes);
  const shift = png.depth === 16 ? 8 : 0;
  const most = png.depth < 8 ? 2 ** png.depth - 1 : 255;
  return sample(png.width, png.height, index => {
    if (png.palette) {
      const color = png.palette[png.data[index] ?? 0] ?? [0, 0, 0];
      return [color[0] ?? 0, color[1] ?? 0, color[2] ?? 0];
    }
    const at = (channel: number) =>
      Math.round(
        (((png.data[index * png.channels + channel] ?? 0) >> shift) / most) *
          255,
      );
    return png.channels < 3 ? [at(0), at(0), at(0)] : [at(0), at(1), at(2)];
  });
}

function readJpeg(bytes: Uint8Array): Image {
  if (countScans(bytes) > mostScans) {
    throw new Error(`The JPEG has more than ${mostScans} scans`);
  }
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: mostPixels / 1_000_000,
    maxMemoryUsageInMB: 128,
  });
  return sample(width, height, index => [
    data[index * 3] ?? 0,
    data[index * 3 + 1] ?? 0,
    data[index * 3 + 2] ?? 0,
  ]);
}

/** Counts where a scan may begin; in pixel data this marker cannot occur. */
function countScans(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marker = Buffer.from([0xff, 0xda]);
  let count = 0;
  for (
    let at = buffer.indexOf(marker);
    at >= 0;
    at = buffer.indexOf(marker, at + 2)
  ) {
    count += 1;
  }
  return count;
}

function sample(
  width: number,
  height: number,
  colorAt: (index: number) => readonly [number, number, number],
): Image {
  const total = width * height;
  const count = Math.min(total, sampledPixels);
  return {
    width,
    height,
    pixels: Array.from({ length: count }, (_, position) =>
      colorAt(Math.floor((position * total) / count)),
    ),
  };
}

/** Walks the segments of a JPEG to the one that says its size. */
function readJpegSize(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length <= 4 || view.getUint16(0) !== 0xffd8) {
    return undefined;
  }
  let at = 2;
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame =
      marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return {
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
