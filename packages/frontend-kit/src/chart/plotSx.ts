import type { SxProps, Theme } from '@mui/material/styles';

/** Styles the parts of the library's drawing, all from the theme. */
export function plotSx(
  series: Array<{ id: string; dash?: string; border?: string }>,
): SxProps<Theme> {
  return {
    display: 'block',
    '& .MuiChartsAxis-root .MuiChartsAxis-tickLabel': {
      fill: theme => theme.palette.text.secondary,
      fontVariantNumeric: 'tabular-nums',
    },
    '& .MuiChartsAxis-root .MuiChartsAxis-line, & .MuiChartsAxis-root .MuiChartsAxis-tick, & .MuiChartsGrid-line':
      {
        stroke: theme => theme.palette.divider,
      },
    '& .MuiLineElement-root': { strokeWidth: 2 },
    '& .MuiMarkElement-root': { r: '1.5px' },
    ...Object.fromEntries(
      series.flatMap(({ id, dash, border }) => [
        ...(dash
          ? [[`& path[data-series="${id}"]`, { strokeDasharray: dash }]]
          : []),
        ...(border
          ? [[`& [data-series="${id}"] rect`, { stroke: border }]]
          : []),
      ]),
    ),
  };
}
