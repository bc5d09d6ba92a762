import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { RelativeTime } from '@forkyard/frontend-kit';
import type { TimelineEntry } from '@forkyard/plugin-incidents-common';
import { personName } from '../../presentation/alertWords';

/** Tells what happened, when and by whom, oldest first. */
export function Timeline({ entries }: { entries: TimelineEntry[] }) {
  return (
    <Box
      component="ol"
      aria-label="Timeline"
      sx={{
        listStyle: 'none',
        m: 0,
        pl: 2,
        borderLeft: 2,
        borderColor: 'divider',
        display: 'grid',
        gap: 1,
      }}
    >
      {entries.map(entry => (
        <li key={entry.id}>
          <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
            {entry.text}
          </Typography>
          <Typography variant="caption" color="text.secondary">
            {personName(entry.who)}, <RelativeTime at={entry.at} />
          </Typography>
        </li>
      ))}
    </Box>
  );
}
