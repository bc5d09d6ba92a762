import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { targetDash } from './chartColors';
import type { ChartSeriesKey, ChartTarget } from './chartTypes';

/**
 * Names the series and says their values at one moment, so that nothing covers
 * the drawing and every chart of a page can be read at the same moment.
 */
export function ChartLegend(props: {
  series: ChartSeriesKey[];
  /** By series, formatted; absent when unknown. */
  values: Array<string | undefined>;
  target?: ChartTarget;
  /** The moment or day that the values are of. */
  moment?: string;
}) {
  const { palette } = useTheme();
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        columnGap: 2,
        minHeight: 20,
        typography: 'caption',
        color: 'text.secondary',
        fontVariantNumeric: 'tabular-nums',
      }}
    >
      {props.series.map((series, index) => (
        <Box
          key={series.id}
          component="span"
          sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}
        >
          <Swatch {...series} />
          {series.label}
          <Box component="strong" sx={{ color: 'text.primary' }}>
            {props.values[index] ?? 'unknown'}
          </Box>
        </Box>
      ))}
      {props.target && (
        <Box
          component="span"
          sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}
        >
          <Swatch color={palette.error.main} dash={targetDash} width={1} />
          {props.target.label}
        </Box>
      )}
      {props.moment && (
        <Box component="span" sx={{ ml: 'auto', textAlign: 'right' }}>
          {props.moment}
        </Box>
      )}
    </Box>
  );
}

function Swatch(props: {
  color: string;
  dash?: string;
  fill?: string;
  /** Of the line, in pixels. */
  width?: number;
}) {
  const { color, dash, fill, width = 2 } = props;
  return fill ? (
    <svg width={12} height={12} aria-hidden>
      <rect
        x={1}
        y={1}
        width={10}
        height={10}
        rx={1}
        fill={fill}
        stroke={color}
      />
    </svg>
  ) : (
    <svg width={20} height={8} aria-hidden>
      <path
        d="M0 4H20"
        stroke={color}
        strokeWidth={width}
        strokeDasharray={dash}
      />
    </svg>
  );
}
