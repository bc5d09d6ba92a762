import { decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { Problem } from '../problems.js';

/** Pixels as red, green, blue, 0 to 255 each. */
export interface Image {
  width: number;
  height: number;
  pixels: Array<readonly [number, number, number]>;
}

const mostPixels = 4_000_000;
const sampledPixels = 20_000;

/**
 * Reads a PNG or JPEG and samples its pixels evenly.
 *
 * The size is read from the header first, so that a small file cannot ask for
 * much memory.
 */
export function decodeImage(bytes: Uint8Array): Image {
  const size = readSize(bytes);
  if (!size) {
    throw new Problem(400, 'Please choose a PNG or JPEG image.');
  }
  if (size.width * size.height > mostPixels || size.width * size.height === 0) {
    throw new Problem(
      400,
      `The image has ${size.width} × ${size.height} pixels; up to 4 million can be processed.`,
    );
  }
  try {
    return size.format === 'png' ? readPng(bytes) : readJpeg(bytes);
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

function readSize(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 24 && view.getUint32(0) === 0x89504e47) {
    return {
      format: 'png' as const,
      width: view.getUint32(16),
      height: view.getUint32(20),
    };
  }
  return bytes.length > 4 && view.getUint16(0) === 0xffd8
    ? readJpegSize(view)
    : undefined;
}

/** Walks the segments of a JPEG to the one that says its size. */
function readJpegSize(view: DataView) {
  let at = 2;
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame =
      marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return {
        format: 'jpeg' as const,
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
