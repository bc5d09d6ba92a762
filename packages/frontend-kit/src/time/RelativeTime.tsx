import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import { formatExactTime, formatRelativeTime } from './formatTime';
import { useNow } from './useNow';

/**
 * Shows a time relative to now, with the exact time on hover and in `datetime`.
 *
 * @public
 */
export function RelativeTime(props: {
  /** ISO 8601. */
  at: string;
}) {
  useNow();
  const at = new Date(props.at);
  if (Number.isNaN(at.getTime())) {
    return <span>{props.at}</span>;
  }
  return (
    <Tooltip title={formatExactTime(at)} describeChild>
      <Box
        component="time"
        dateTime={at.toISOString()}
        sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}
      >
        {formatRelativeTime(at, closeTo(at))}
      </Box>
    </Tooltip>
  );
}

/**
 * Gives the time of this very rendering, which may follow what was just loaded;
 * a backend's clock that is a few seconds ahead does not make it the future.
 */
function closeTo(at: Date): Date {
  const now = Date.now();
  const ahead = at.getTime() - now;
  return new Date(ahead > 0 && ahead < 5_000 ? at : now);
}
