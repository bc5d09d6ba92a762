import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useCopy } from '../code/useCopy';
import { LogLines } from './LogLines';
import { stripTerminalCodes, type LogLine } from './logLine';

/** @public */
export interface LogViewProps {
  /** Oldest first. Lines are only ever added. */
  lines: LogLine[];
  /** Names the log, for example "Log of step deployment". */
  label: string;
  /** Whether more lines are expected. */
  live?: boolean;
  /** Shown while there are no lines. */
  emptyText?: string;
  maxHeight?: number;
}

/** Lines drawn at once; earlier ones come on request, so that a long log stays quick. */
const drawnLines = 1_000;

const copyLabels = {
  idle: 'Copy log',
  copied: 'Copied',
  failed: 'Could not be copied',
};

/**
 * Shows a log that follows its end, and can be paused, searched and copied.
 *
 * Scrolling up pauses it, so that nothing moves under the reader.
 *
 * @public
 */
export function LogView(props: LogViewProps) {
  const { lines, label, live = false, maxHeight = 400 } = props;
  const [pausedAt, setPausedAt] = useState<number>();
  const [query, setQuery] = useState('');
  const [drawn, setDrawn] = useState(drawnLines);
  const { state: copyState, copy } = useCopy();
  const scroller = useRef<HTMLDivElement>(null);

  const shown = useMemo(() => {
    const needle = query.trim().toLowerCase();
    const held = pausedAt === undefined ? lines : lines.slice(0, pausedAt);
    return needle
      ? held.filter(line =>
          stripTerminalCodes(line.text).toLowerCase().includes(needle),
        )
      : held;
  }, [lines, pausedAt, query]);
  const following = pausedAt === undefined;

  // Before any scroll event sees the new lines: it would take them for a reader
  // who scrolled up.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && following) element.scrollTop = element.scrollHeight;
  }, [shown, following]);

  function handleScroll() {
    const element = scroller.current;
    if (!element || !live) return;
    const fromEnd =
      element.scrollHeight - element.scrollTop - element.clientHeight;
    if (following && fromEnd > 48) setPausedAt(lines.length);
    if (!following && fromEnd < 4) setPausedAt(undefined);
  }

  const waiting = following ? 0 : lines.length - pausedAt;
  return (
    <Stack spacing={1}>
      <Stack
        direction="row"
        spacing={1}
        useFlexGap
        sx={{ alignItems: 'center', flexWrap: 'wrap' }}
      >
        <TextField
          size="small"
          type="search"
          placeholder="Search the log"
          inputProps={{ 'aria-label': `Search: ${label}` }}
          value={query}
          onChange={event => setQuery(event.target.value)}
        />
        {query && (
          <Typography role="status" variant="body2" color="text.secondary">
            {shown.length === 1 ? '1 line' : `${shown.length} lines`}
          </Typography>
        )}
        <Box sx={{ flexGrow: 1 }} />
        {live && (
          <Button
            size="small"
            onClick={() => setPausedAt(following ? lines.length : undefined)}
          >
            {followLabel(following, waiting)}
          </Button>
        )}
        <Button
          size="small"
          disabled={lines.length === 0}
          onClick={() => copy(toText(lines))}
        >
          {copyLabels[copyState]}
        </Button>
      </Stack>
      <Box
        ref={scroller}
        onScroll={handleScroll}
        role="log"
        aria-label={label}
        aria-live={live && following ? 'polite' : 'off'}
        tabIndex={0}
        sx={{
          maxHeight,
          minHeight: 80,
          overflow: 'auto',
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          bgcolor: 'background.default',
          p: 1,
        }}
      >
        {shown.length > drawn && (
          <Button size="small" onClick={() => setDrawn(drawn + drawnLines)}>
            Show {Math.min(drawnLines, shown.length - drawn)} earlier lines
          </Button>
        )}
        <LogLines lines={shown.slice(-drawn)} query={query.trim()} />
        {shown.length === 0 && (
          <Typography variant="body2" color="text.secondary">
            {query
              ? 'No line contains this.'
              : (props.emptyText ?? 'No lines yet.')}
          </Typography>
        )}
      </Box>
    </Stack>
  );
}

function followLabel(following: boolean, waiting: number): string {
  if (following) return 'Pause';
  return waiting > 0 ? `Follow (${waiting} new)` : 'Follow';
}

function toText(lines: LogLine[]): string {
  return lines
    .map(line => `${line.at} ${stripTerminalCodes(line.text)}`)
    .join('\n');
}
