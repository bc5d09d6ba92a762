import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { RelativeTime } from '@forkyard/frontend-kit';
import {
  actorName,
  type RolloutDetail,
  type RolloutTransition,
} from '@forkyard/plugin-deployments-common';
import { stateLabel } from '../../presentation/rolloutWords';
import { Section } from './Section';

const shortLength = 5;

/** Tells what happened to a rollout, newest first: who, when, why. */
export function TransitionLog({ rollout }: { rollout: RolloutDetail }) {
  const [whole, setWhole] = useState(false);
  const newestFirst = [...rollout.transitions].reverse();
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
        {shown.map(transition => (
          <Transition key={transition.id} transition={transition} />
        ))}
      </Box>
      {hidden > 0 && (
        <Button size="small" onClick={() => setWhole(true)}>
          Show {hidden} older
        </Button>
      )}
    </Section>
  );
}

function Transition({ transition }: { transition: RolloutTransition }) {
  const { at, from, to, percent, actor, reason, comment } = transition;
  const states =
    from && from !== to
      ? `${stateLabel(from)} → ${stateLabel(to)}`
      : stateLabel(to);
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
        <strong>{states}</strong>
        <span>{percent} %</span>
        <Box component="span" sx={{ color: 'text.secondary' }}>
          <RelativeTime at={at} /> by {actorName(actor)}
        </Box>
      </Box>
      <div>{reason}</div>
      {comment && <Box sx={{ color: 'text.secondary' }}>“{comment}”</Box>}
    </Box>
  );
}
