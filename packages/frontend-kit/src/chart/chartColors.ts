import { alpha, type Palette } from '@mui/material/styles';
import type { ChartMark, ChartTone } from './chartTypes';

/** Tones of lines that name none, in their order. */
export const lineTones: ChartTone[] = [
  'accent',
  'muted',
  'warning',
  'info',
  'success',
];

/** Dash arrays by position, so that lines differ by more than their color. */
export const lineDashes = [undefined, '6 3', '2 3', '10 3 2 3', '1 4'];

/** Dash array of the line of a target. */
export const targetDash = '4 3';

export function toneColor(palette: Palette, tone: ChartTone): string {
  switch (tone) {
    case 'accent':
      return palette.primary.main;
    case 'muted':
      return palette.text.secondary;
    default:
      return palette[tone].main;
  }
}

/** Shades of the accent, then of the text: the border tells one from the next. */
export function barColors(
  palette: Palette,
  index: number,
): { color: string; fill: string } {
  const accents = [1, 0.55, 0.25];
  const color =
    index < accents.length ? palette.primary.main : palette.text.secondary;
  const opacity =
    index < accents.length ? accents[index] : [0.55, 0.2][index % 2];
  return { color, fill: alpha(color, opacity) };
}

export function markColor(palette: Palette, kind: ChartMark['kind']): string {
  switch (kind) {
    case 'alert':
      return palette.error.main;
    case 'incident':
      return palette.warning.main;
    default:
      return palette.text.primary;
  }
}
