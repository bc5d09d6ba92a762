import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { visuallyHidden } from '@mui/utils';
import { formatDuration, StatusIcon, useNow } from '@forkyard/frontend-kit';
import type { RolloutDetail } from '@forkyard/plugin-deployments-common';
import {
  rolloutSteps,
  stepStatus,
  type RolloutStep,
} from '../../presentation/rolloutStages';

const stateWords: Record<RolloutStep['state'], string> = {
  done: 'done',
  current: 'now',
  ahead: 'ahead',
  'ended-here': 'ended here',
};

/** Shows what a rollout goes through, where it is, and how long that takes at least. */
export function StageList({ rollout }: { rollout: RolloutDetail }) {
  const steps = rolloutSteps(rollout);
  return (
    <Box
      component="ol"
      aria-label="Stages"
      sx={{
        listStyle: 'none',
        m: 0,
        p: 0,
        display: 'grid',
        columnGap: 1,
        rowGap: 1,
        gridTemplateColumns: {
          xs: '1fr',
          md: `repeat(${steps.length}, minmax(0, 1fr))`,
        },
      }}
    >
      {steps.map(step => (
        <Step key={step.key} step={step} rollout={rollout} />
      ))}
    </Box>
  );
}

function Step(props: { step: RolloutStep; rollout: RolloutDetail }) {
  const { step, rollout } = props;
  const isNow = step.state === 'current';
  return (
    <Box
      component="li"
      aria-current={isNow ? 'step' : undefined}
      sx={{
        borderTop: { md: 3 },
        borderLeft: { xs: 3, md: 0 },
        pl: { xs: 1.5, md: 0 },
        pt: { md: 1 },
        borderColor: {
          xs: step.state === 'ahead' ? 'divider' : 'primary.main',
          md: step.state === 'ahead' ? 'divider' : 'primary.main',
        },
        color: step.state === 'ahead' ? 'text.secondary' : 'text.primary',
        minWidth: 0,
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}>
        {step.state !== 'ahead' && (
          <StatusIcon status={stepStatus[step.state]} fontSize="small" />
        )}
        <Typography
          variant="body2"
          sx={{ fontWeight: isNow ? 700 : 500 }}
          component="span"
        >
          {step.label}
          <span style={visuallyHidden}>, {stateWords[step.state]}</span>
        </Typography>
      </Box>
      <Typography variant="caption" color="text.secondary" component="p">
        {isNow && rollout.stageEndsAt ? (
          <TimeLeft rollout={rollout} endsAt={rollout.stageEndsAt} />
        ) : (
          step.note
        )}
      </Typography>
    </Box>
  );
}

function TimeLeft(props: { rollout: RolloutDetail; endsAt: string }) {
  const { state, stageStartedAt, gates } = props.rollout;
  const now = useNow({ intervalMs: 1_000 }).getTime();
  const leftMs = Date.parse(props.endsAt) - now;
  if (state === 'paused') return <>paused</>;
  if (leftMs > 0) {
    return (
      <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums' }}>
        {formatDuration(leftMs)} left at least
      </Box>
    );
  }
  if (gates.some(({ state: gateState }) => gateState === 'waiting')) {
    return <>its time is over; a gate is waited for</>;
  }
  const elapsedMs = stageStartedAt ? now - Date.parse(stageStartedAt) : 0;
  return (
    <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums' }}>
      {elapsedMs > 0 && `${formatDuration(elapsedMs)} so far; `}its time is
      over, the evidence decides
    </Box>
  );
}
