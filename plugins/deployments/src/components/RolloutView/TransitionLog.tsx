import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { RelativeTime } from '@forkyard/frontend-kit';
import {
  actorName,
  type RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import { logEntries, type LogEntry } from '../../presentation/rolloutLog';
import { Section } from './Section';

/** More is asked for: what is now stands above. */
const shortLength = 1;

/** Tells what happened to a rollout, newest first: who, when, why. Folded to the newest. */
export function TransitionLog({ rollout }: { rollout: RolloutDetail }) {
  const [whole, setWhole] = useState(false);
  const newestFirst = logEntries(rollout).reverse();
  const shown = whole ? newestFirst : newestFirst.slice(0, shortLength);
  const hidden = newestFirst.length - shown.length;
  return (
    <Section title="Log">
      {newestFirst.length === 0 && (
        <Typography variant="body2" color="text.secondary">
          Nothing has happened yet.
        </Typography>
      )}
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {shown.map(entry => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </Box>
      {newestFirst.length > shortLength && (
        <Button
          size="small"
          aria-expanded={whole}
          onClick={() => setWhole(!whole)}
        >
          {whole ? 'Hide the older' : `Show ${hidden} older`}
        </Button>
      )}
    </Section>
  );
}

function Entry({ entry }: { entry: LogEntry }) {
  const { at, title, percent, actor, reason, comment } = entry;
  return (
    <Box
      component="li"
      sx={{ pb: 1.25, typography: 'body2', overflowWrap: 'anywhere' }}
    >
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          columnGap: 1,
          fontVariantNumeric: 'tabular-nums',
        }}
      >
        <strong>{title}</strong>
        {percent !== undefined && <span>{percent} %</span>}
        <Box component="span" sx={{ color: 'text.secondary' }}>
          <RelativeTime at={at} /> by {actorName(actor)}
        </Box>
      </Box>
      {reason && <div>{reason}</div>}
      {comment && <Box sx={{ color: 'text.secondary' }}>“{comment}”</Box>}
    </Box>
  );
}
