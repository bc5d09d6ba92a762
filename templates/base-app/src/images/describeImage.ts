import { findPalette } from './findPalette.js';
import type { Image } from './decodeImage.js';

/** Says in a sentence what can be measured in an image. */
export function describeImage(image: Image): string {
  const { width, height } = image;
  const names = [
    ...new Set(findPalette(image, 6).map(({ hex }) => nameColor(hex))),
  ].slice(0, 3);
  const mood = describeLight(image);
  return `A ${mood} ${describeShape(width, height)} image of ${width} × ${height} pixels, mostly ${joinWords(names)}.`;
}

function describeShape(width: number, height: number): string {
  const ratio = width / height;
  if (ratio > 0.95 && ratio < 1.05) {
    return 'square';
  }
  return ratio > 1 ? 'landscape' : 'portrait';
}

function describeLight({ pixels }: Image): string {
  const lights = pixels.map(
    ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue,
  );
  const mean = lights.reduce((sum, light) => sum + light, 0) / lights.length;
  const deviation = Math.sqrt(
    lights.reduce((sum, light) => sum + (light - mean) ** 2, 0) / lights.length,
  );
  const brightness = mean > 170 ? 'bright' : mean < 85 ? 'dark' : 'balanced';
  return `${brightness}, ${deviation > 60 ? 'high-contrast' : 'soft'}`;
}

/** Names a color by its hue, unless it is close to gray. */
export function nameColor(hex: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(
    at => parseInt(hex.slice(at, at + 2), 16) / 255,
  );
  const high = Math.max(red, green, blue);
  const spread = high - Math.min(red, green, blue);
  if (high < 0.15) {
    return 'black';
  }
  if (spread < 0.1) {
    return high > 0.9 ? 'white' : 'gray';
  }
  const sixth =
    high === red
      ? (green - blue) / spread
      : high === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  const hue = (sixth * 60 + 360) % 360;
  const names: Array<[number, string]> = [
    [15, 'red'],
    [45, high < 0.6 ? 'brown' : 'orange'],
    [70, 'yellow'],
    [165, 'green'],
    [200, 'cyan'],
    [255, 'blue'],
    [290, 'violet'],
    [345, 'pink'],
  ];
  return names.find(([end]) => hue < end)?.[1] ?? 'red';
}

function joinWords(words: string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2
    ? last
    : `${words.slice(0, -1).join(', ')} and ${last}`;
}
