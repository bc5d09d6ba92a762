import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { RelativeTime } from '@forkyard/frontend-kit';
import type { RunbookRunDetails } from '@forkyard/plugin-incidents-common';
import { whoName } from '../../presentation/alertWords';
import { RunText } from '../RunText';

/** Tells what happened in a run, when and by whom, oldest first. */
export function Timeline({ run }: { run: RunbookRunDetails }) {
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
      {run.timeline.map(entry => (
        <li key={entry.id}>
          <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
            <RunText run={run} text={entry.text} />
          </Typography>
          <Typography variant="caption" color="text.secondary">
            {whoName(entry.who)}, <RelativeTime at={entry.at} />
          </Typography>
        </li>
      ))}
    </Box>
  );
}
