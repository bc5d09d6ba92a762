import { memo } from 'react';
import Box from '@mui/material/Box';
import { stripTerminalCodes, type LogLine } from './logLine';

const levels = {
  info: { color: 'text.primary', word: undefined },
  warn: { color: 'text.primary', word: 'warning' },
  error: { color: 'error.main', word: 'error' },
};

/** Draws the lines of a log, the parts that match a search marked. */
export const LogLines = memo((props: { lines: LogLine[]; query: string }) => {
  return (
    <Box
      sx={{
        fontFamily: 'monospace',
        fontSize: 13,
        lineHeight: 1.5,
        '& > div': { display: 'flex', gap: 1 },
        '& time': { color: 'text.secondary', flexShrink: 0 },
        '& span': { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
      }}
    >
      {props.lines.map(line => {
        const { color, word } = levels[line.level ?? 'info'];
        return (
          <div key={line.sequence}>
            <time dateTime={line.at}>{clockTime(line.at)}</time>
            <Box component="span" sx={{ color }}>
              {word && <strong>{word} </strong>}
              <Marked
                text={stripTerminalCodes(line.text)}
                query={props.query}
              />
            </Box>
          </div>
        );
      })}
    </Box>
  );
});

function Marked({ text, query }: { text: string; query: string }) {
  const at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) return <>{text}</>;
  const end = at + query.length;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      <Marked text={text.slice(end)} query={query} />
    </>
  );
}

function clockTime(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? ''
    : date.toLocaleTimeString(undefined, { hour12: false });
}
