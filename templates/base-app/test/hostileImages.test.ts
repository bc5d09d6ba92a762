import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { decodeImage } from '../src/images/decodeImage.js';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const edges = Buffer.alloc(8);
  edges.writeUInt32BE(data.length, 0);
  edges.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([edges.subarray(0, 4), body, edges.subarray(4)]);
}

function header(options: {
  width: number;
  height: number;
  depth?: number;
  colorType?: number;
  interlace?: number;
}): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(options.width, 0);
  data.writeUInt32BE(options.height, 4);
  data.set([options.depth ?? 8, options.colorType ?? 2, 0, 0], 8);
  data[12] = options.interlace ?? 0;
  return chunk('IHDR', data);
}

function png(...chunks: Buffer[]): Buffer {
  return Buffer.concat([signature, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

/** Pixel data: so many bytes, packed to about a thousandth. */
function zeros(bytes: number): Buffer {
  return deflateSync(Buffer.alloc(bytes), { level: 9 });
}

function segment(marker: number, ...data: number[]): Buffer {
  return Buffer.from([0xff, marker, 0, data.length + 2, ...data]);
}

/** A progressive JPEG of 2000 × 2000 pixels, each scan of which skips all. */
function jpegOfScans(scans: number): Buffer {
  const noCodes = Array<number>(15).fill(0);
  const scan = Buffer.concat([
    segment(0xda, 1, 1, 0, 1, 63, 0),
    Buffer.from([0x7f, 0xfc, 0xfe, 0xfc]),
  ]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, 0, ...Array<number>(64).fill(1)),
    segment(0xc2, 8, 0x07, 0xd0, 0x07, 0xd0, 1, 1, 0x11, 0),
    segment(0xc4, 0x00, 1, ...noCodes, 0x00),
    segment(0xc4, 0x10, 1, ...noCodes, 0xe0),
    ...Array<Buffer>(scans).fill(scan),
    Buffer.from([0xff, 0xd9]),
  ]);
}

const ten = header({ width: 10, height: 10 });
const tenPixels = zeros(10 * (1 + 10 * 3));
const damaged = {
  name: 'Problem',
  status: 400,
  message: 'The image is damaged and cannot be read.',
};

describe('hostile images', () => {
  it('are not unpacked past the size in their header', () => {
    const most = 64_000_000;
    const bomb = png(ten, chunk('IDAT', zeros(most)));
    const before = process.resourceUsage().maxRSS;
    assert.throws(() => decodeImage(bomb), damaged);
    const grownBytes = (process.resourceUsage().maxRSS - before) * 1_024;
    assert.ok(grownBytes < most / 2, `took ${grownBytes} bytes`);
  });

  it('are refused for one byte too many, interlaced or not', () => {
    const cases = [
      { kind: { width: 10, height: 10 }, bytes: 310 },
      { kind: { width: 3, height: 2, depth: 1, colorType: 0 }, bytes: 4 },
      { kind: { width: 2, height: 1, depth: 16, colorType: 6 }, bytes: 17 },
      // Passes of 1, 1, 2, 4, 8, 16 and 32 pixels in 1, 1, 1, 2, 2, 4 and 4 rows.
      { kind: { width: 8, height: 8, interlace: 1 }, bytes: 64 * 3 + 15 },
      // Of one column there are four passes; the others have no rows at all.
      { kind: { width: 1, height: 8, interlace: 1 }, bytes: 8 * 3 + 8 },
    ];
    for (const { kind, bytes } of cases) {
      const { width, height } = kind;
      const fits = png(header(kind), chunk('IDAT', zeros(bytes)));
      assert.equal(decodeImage(fits).pixels.length, width * height);
      const over = png(header(kind), chunk('IDAT', zeros(bytes + 1)));
      assert.throws(() => decodeImage(over), damaged, JSON.stringify(kind));
    }
  });

  it('have their header first and once', () => {
    const pixels = chunk('IDAT', tenPixels);
    const decoy = chunk('tEXt', ten.subarray(8, 21));
    const large = header({ width: 2_000, height: 2_000 });
    for (const bytes of [
      png(decoy, large, pixels),
      png(pixels, ten),
      png(ten, large, pixels),
      png(chunk('IHDR', ten.subarray(8, 20)), pixels),
      png(header({ width: 10, height: 10, colorType: 5 }), pixels),
      png(header({ width: 10, height: 10, depth: 3 }), pixels),
    ]) {
      assert.throws(() => decodeImage(bytes), damaged);
    }
  });

  it('do not get at the decoder with profiles, texts and what follows', () => {
    const profile = Buffer.concat([
      Buffer.from('p\0\0'),
      Buffer.from('broken'),
    ]);
    const bytes = png(
      ten,
      chunk('iCCP', profile),
      chunk('tEXt', Buffer.from('no end of the keyword')),
      chunk('zTXt', profile),
      chunk('tRNS', Buffer.alloc(6)),
      chunk('IDAT', tenPixels.subarray(0, 5)),
      chunk('IDAT', tenPixels.subarray(5)),
      // A second stream after the first, which nobody needs.
      chunk('IDAT', zeros(1_000)),
    );
    const behind = Buffer.concat([bytes, chunk('IDAT', zeros(1_000))]);
    assert.equal(decodeImage(behind).pixels.length, 100);
  });

  it('have a palette of 256 colors at most, once', () => {
    const kind = header({ width: 1, height: 1, colorType: 3 });
    const pixels = chunk('IDAT', zeros(2));
    const palette = chunk('PLTE', Buffer.alloc(768, 7));
    assert.deepEqual(decodeImage(png(kind, palette, pixels)).pixels, [
      [7, 7, 7],
    ]);
    for (const bytes of [
      png(kind, chunk('PLTE', Buffer.alloc(771)), pixels),
      png(kind, palette, palette, pixels),
    ]) {
      assert.throws(() => decodeImage(bytes), damaged);
    }
  });

  it('are refused in pieces, wherever they are cut', () => {
    const good = encode({
      width: 2,
      height: 2,
      channels: 3,
      data: new Uint8Array(12),
    });
    for (let length = 8; length < good.length; length++) {
      assert.throws(() => decodeImage(good.slice(0, length)), damaged);
    }
  });

  it('do not keep the process busy with one scan after the other', () => {
    assert.equal(decodeImage(jpegOfScans(100)).width, 2_000);
    assert.throws(() => decodeImage(jpegOfScans(101)), damaged);
  });

  it('may be as large as they say', () => {
    const kind = { width: 4_000_000, height: 1, depth: 16, colorType: 6 };
    const bytes = png(header(kind), chunk('IDAT', zeros(32_000_001)));
    assert.equal(decodeImage(bytes).width, 4_000_000);
  });
});
