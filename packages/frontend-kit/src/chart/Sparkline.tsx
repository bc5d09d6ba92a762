import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { toneColor } from './chartColors';
import type { ChartTone } from './chartTypes';

/** @public */
export interface SparklineProps {
  /** What it shows, with its values, for example "Errors a day, 14 days, today 3". */
  label: string;
  /** Oldest first, at equal distances; undefined is unknown and draws a gap. */
  values: Array<number | undefined>;
  tone?: ChartTone;
  /** Pixels, default 96. */
  width?: number;
  /** Pixels, default 24. */
  height?: number;
}

const margin = 2;

/**
 * Draws the course of a value in a line of text, from zero up. Loads no chart
 * library, so that lists and cards can have it.
 *
 * @public
 */
export function Sparkline(props: SparklineProps) {
  const { label, values, tone = 'accent', width = 96, height = 24 } = props;
  const { palette } = useTheme();
  const color = toneColor(palette, tone);
  const known = values.filter(value => value !== undefined);
  const low = Math.min(0, ...known);
  const span = Math.max(0, ...known) - low || 1;
  const place = (value: number, index: number) => {
    const x =
      margin + (index / Math.max(values.length - 1, 1)) * (width - 2 * margin);
    const y = height - margin - ((value - low) / span) * (height - 2 * margin);
    return { x: round(x), y: round(y) };
  };
  let pen = false;
  let path = '';
  values.forEach((value, index) => {
    if (value !== undefined) {
      const { x, y } = place(value, index);
      path += `${pen ? 'L' : 'M'}${x} ${y}`;
      // A length of nothing with round ends draws a point.
      if (!pen && values[index + 1] === undefined) path += `L${x} ${y}`;
    }
    pen = value !== undefined;
  });
  return (
    <Box
      component="svg"
      role="img"
      aria-label={known.length > 0 ? label : `${label}: unknown`}
      viewBox={`0 0 ${width} ${height}`}
      sx={{ width, height, flexShrink: 0, verticalAlign: 'middle' }}
    >
      {known.length === 0 && (
        <path
          d={`M${margin} ${height / 2}H${width - margin}`}
          stroke={palette.text.disabled}
          strokeDasharray="2 4"
        />
      )}
      <path
        d={path}
        fill="none"
        stroke={color}
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </Box>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
