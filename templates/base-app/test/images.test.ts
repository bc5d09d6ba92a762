import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { decodeImage } from '../src/images/decodeImage.js';
import { describeImage, nameColor } from '../src/images/describeImage.js';
import { findPalette } from '../src/images/findPalette.js';

type Color = [number, number, number];

/** A picture whose left part has one color and whose right part another. */
function pixels(width: number, height: number, left: Color, right: Color) {
  return Array.from({ length: width * height }, (_, index) =>
    index % width < width * 0.75 ? left : right,
  );
}

function png(width: number, height: number, colors: Color[]): Uint8Array {
  return encode({
    width,
    height,
    channels: 3,
    data: Uint8Array.from(colors.flat()),
  });
}

const red: Color = [220, 20, 30];
const blue: Color = [10, 40, 200];

describe('images', () => {
  it('finds the colors of a PNG and how much of it they are', () => {
    const image = decodeImage(png(40, 20, pixels(40, 20, red, blue)));
    assert.deepEqual(findPalette(image), [
      { hex: '#dc141e', share: 0.75 },
      { hex: '#0a28c8', share: 0.25 },
    ]);
  });

  it('reads PNGs with gray, 16 bit, transparent and indexed pixels', () => {
    const gray = encode({
      width: 2,
      height: 1,
      channels: 1,
      data: Uint8Array.from([0, 255]),
    });
    const deep = encode({
      width: 1,
      height: 1,
      channels: 3,
      depth: 16,
      data: Uint16Array.from([0xdc00, 0x1400, 0x1e00]),
    });
    const clear = encode({
      width: 1,
      height: 1,
      channels: 4,
      data: Uint8Array.from([...red, 128]),
    });
    assert.deepEqual(decodeImage(gray).pixels, [
      [0, 0, 0],
      [255, 255, 255],
    ]);
    assert.deepEqual(decodeImage(deep).pixels, [red]);
    assert.deepEqual(decodeImage(clear).pixels, [red]);
  });

  it('reads a JPEG', () => {
    const colors = pixels(64, 64, red, red);
    const { data } = jpeg.encode(
      {
        width: 64,
        height: 64,
        data: Buffer.from(colors.flatMap(color => [...color, 255])),
      },
      95,
    );
    const [color] = findPalette(decodeImage(data));
    assert.equal(nameColor(color?.hex ?? ''), 'red');
    assert.match(describeImage(decodeImage(data)), /square image of 64 × 64/);
  });

  it('describes what can be measured', () => {
    const image = decodeImage(png(40, 20, pixels(40, 20, red, blue)));
    assert.equal(
      describeImage(image),
      'A dark, soft landscape image of 40 × 20 pixels, mostly red and blue.',
    );
    const white = decodeImage(
      png(4, 9, pixels(4, 9, [255, 255, 255], [255, 255, 255])),
    );
    assert.equal(
      describeImage(white),
      'A bright, soft portrait image of 4 × 9 pixels, mostly white.',
    );
  });

  it('names colors', () => {
    const names = {
      '#000000': 'black',
      '#ffffff': 'white',
      '#808080': 'gray',
      '#ff0000': 'red',
      '#ff8800': 'orange',
      '#6b4010': 'brown',
      '#ffee00': 'yellow',
      '#00aa22': 'green',
      '#00cccc': 'cyan',
      '#0000ff': 'blue',
      '#8800ff': 'violet',
      '#ff00aa': 'pink',
      '#ff0022': 'red',
    };
    for (const [hex, name] of Object.entries(names)) {
      assert.equal(nameColor(hex), name, hex);
    }
  });

  it('never loses a pixel, however many colors there are', () => {
    const many = Array.from({ length: 900 }, (_, index): Color => [
      (index * 37) % 256,
      (index * 91) % 256,
      (index * 13) % 256,
    ]);
    const palette = findPalette(decodeImage(png(30, 30, many)));
    const shares = palette.reduce((sum, { share }) => sum + share, 0);
    assert.equal(palette.length, 5);
    assert.ok(Math.abs(shares - 1) < 1e-9);
  });

  it('refuses what is no image, is damaged or asks for too much', () => {
    const good = png(40, 20, pixels(40, 20, red, blue));
    const bomb = Uint8Array.from(good);
    new DataView(bomb.buffer).setUint32(16, 60_000);
    new DataView(bomb.buffer).setUint32(20, 60_000);
    const cases: Array<[Uint8Array, RegExp]> = [
      [new Uint8Array(), /choose a PNG or JPEG/],
      [Buffer.from('GIF89a and so on and so on and so on'), /PNG or JPEG/],
      [Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 1]), /PNG or JPEG/],
      [Uint8Array.from([0xff, 0xd8, ...Array(40).fill(0xff)]), /PNG or JPEG/],
      [good.slice(0, 60), /damaged/],
      [bomb, /60000 × 60000 pixels; up to 4 million/],
    ];
    for (const [bytes, message] of cases) {
      assert.throws(
        () => decodeImage(bytes),
        { name: 'Problem', status: 400, message },
        message.source,
      );
    }
  });
});
