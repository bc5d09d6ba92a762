import { Suspense, useId, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { visuallyHidden } from '@mui/utils';
import { ChartTable, type ChartTableContent } from './ChartTable';

/** Reads the chart with the arrow keys, one moment or day at a time. */
export interface ChartReader {
  count: number;
  index: number;
  /** What is read aloud at the index. */
  text: string;
  onMove: (index: number) => void;
  onLeave: () => void;
}

/** Frames a drawing with its name, its legend, a reader for the keyboard and the table behind it. */
export function ChartFrame(props: {
  title: string;
  unit: string;
  height: number;
  legend: ReactNode;
  /** Absent when there is nothing to draw. */
  reader?: ReactNode;
  /** What stands in the place of the drawing when there is none. */
  emptyText: string;
  table: () => ChartTableContent;
  children?: ReactNode;
}) {
  const { title, unit, height } = props;
  const titleId = useId();
  return (
    <Box
      component="figure"
      aria-labelledby={titleId}
      sx={{ m: 0, minWidth: 0 }}
    >
      <Typography id={titleId} component="figcaption" variant="subtitle2">
        {title}
        {unit && (
          <Typography component="span" variant="caption" color="text.secondary">
            , {unit}
          </Typography>
        )}
      </Typography>
      {props.children ? (
        <>
          {props.legend}
          {props.reader}
          <Box sx={{ height, borderRadius: 1 }}>
            <Suspense
              fallback={
                <Skeleton aria-hidden variant="rounded" height={height} />
              }
            >
              {props.children}
            </Suspense>
          </Box>
          <ChartTable title={title} content={props.table} />
        </>
      ) : (
        <Box
          sx={{
            height,
            display: 'flex',
            alignItems: 'center',
            justifyContent: 'center',
            textAlign: 'center',
            p: 2,
            border: '1px dashed',
            borderColor: 'divider',
            borderRadius: 1,
            typography: 'body2',
            color: 'text.secondary',
          }}
        >
          {props.emptyText}
        </Box>
      )}
    </Box>
  );
}

/** Stands before the drawing; invisible, but its focus shows on the drawing. */
export function ChartReaderInput(props: {
  title: string;
  reader: ChartReader;
}) {
  const { reader } = props;
  return (
    <Box
      component="input"
      type="range"
      aria-label={`Read ${props.title} value by value`}
      aria-valuetext={reader.text}
      min={0}
      max={Math.max(reader.count - 1, 0)}
      value={reader.index}
      onChange={event =>
        reader.onMove(Number((event.target as HTMLInputElement).value))
      }
      onFocus={() => reader.onMove(reader.index)}
      onBlur={reader.onLeave}
      style={visuallyHidden}
      sx={{
        '&:focus-visible + *': {
          outline: '2px solid',
          outlineColor: 'primary.main',
          outlineOffset: 0,
        },
      }}
    />
  );
}
