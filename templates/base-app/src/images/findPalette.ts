import type { PaletteColor } from '../actions/ActionProvider.js';
import type { Image } from './decodeImage.js';

type Color = readonly [number, number, number];

/**
 * Finds the colors that stand for an image, the largest part first, by median
 * cut: the box of colors that spreads most is halved until there are enough.
 */
export function findPalette(image: Image, count = 5): PaletteColor[] {
  const boxes: Color[][] = [[...image.pixels]];
  while (boxes.length < count) {
    const widest = boxes
      .map((colors, index) => ({ index, ...widestChannel(colors) }))
      .sort((a, b) => b.spread - a.spread)[0];
    if (!widest || widest.spread === 0) {
      break;
    }
    const colors = boxes[widest.index] ?? [];
    colors.sort((a, b) => a[widest.channel] - b[widest.channel]);
    boxes.splice(widest.index, 1, ...halve(colors, widest.channel));
  }
  return boxes
    .map(colors => ({
      hex: toHex(average(colors)),
      share: colors.length / image.pixels.length,
    }))
    .sort((a, b) => b.share - a.share || a.hex.localeCompare(b.hex));
}

/** Cuts in the middle, but never between two equal values. */
function halve(colors: Color[], channel: 0 | 1 | 2): [Color[], Color[]] {
  const median = colors[colors.length >> 1]?.[channel] ?? 0;
  let cut = colors.findIndex(color => color[channel] >= median);
  if (cut <= 0) {
    cut = colors.findIndex(color => color[channel] > median);
  }
  return [colors.slice(0, cut), colors.slice(cut)];
}

function widestChannel(colors: Color[]) {
  let channel: 0 | 1 | 2 = 0;
  let spread = 0;
  for (const candidate of [0, 1, 2] as const) {
    let low = 255;
    let high = 0;
    for (const color of colors) {
      low = Math.min(low, color[candidate]);
      high = Math.max(high, color[candidate]);
    }
    if (high - low > spread) {
      spread = high - low;
      channel = candidate;
    }
  }
  return { channel, spread };
}

function average(colors: Color[]): Color {
  const sum = [0, 0, 0];
  for (const color of colors) {
    for (const channel of [0, 1, 2] as const) {
      sum[channel] = (sum[channel] ?? 0) + color[channel];
    }
  }
  const [red = 0, green = 0, blue = 0] = sum.map(value =>
    Math.round(value / colors.length),
  );
  return [red, green, blue];
}

function toHex(color: Color): string {
  return `#${color.map(value => value.toString(16).padStart(2, '0')).join('')}`;
}
