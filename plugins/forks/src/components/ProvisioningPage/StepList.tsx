import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { formatDuration, useNow } from '@forkyard/frontend-kit';
import type {
  ProvisionedResource,
  ProvisioningStep,
  StepId,
} from '@forkyard/plugin-forks-common';
import { elapsedMs, stepTitles } from './describeProvisioning';
import { StepStateBadge } from './StepStateBadge';

/** Lists the steps with their state, time, and links to what exists already. */
export function StepList(props: {
  steps: ProvisioningStep[];
  /** The step that runs or failed. */
  current?: StepId;
  /** The step whose log is shown. */
  shown: StepId | 'all';
  onShow: (step: StepId) => void;
}) {
  return (
    <Box
      component="ol"
      aria-label="Steps"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}
    >
      {props.steps.map(step => (
        <Box
          key={step.id}
          component="li"
          aria-current={step.id === props.current ? 'step' : undefined}
          sx={{
            borderLeft: 3,
            borderColor: step.id === props.current ? 'primary.main' : 'divider',
            pl: 2,
            py: 0.5,
          }}
        >
          <StepItem
            step={step}
            isShown={step.id === props.shown}
            onShow={() => props.onShow(step.id)}
          />
        </Box>
      ))}
    </Box>
  );
}

function StepItem(props: {
  step: ProvisioningStep;
  isShown: boolean;
  onShow: () => void;
}) {
  const { step } = props;
  const { name } = stepTitles[step.id];
  return (
    <Stack spacing={0.5}>
      <Box
        sx={{
          display: 'grid',
          alignItems: 'center',
          columnGap: 1,
          gridTemplateColumns: 'minmax(0, 1fr) 116px',
        }}
      >
        <Box>
          <Typography component="span" sx={{ fontWeight: 600 }}>
            {name}
          </Typography>{' '}
          {step.startedAt && (
            <Button
              size="small"
              aria-pressed={props.isShown}
              aria-label={`Log of ${name}`}
              onClick={props.onShow}
              sx={{ minWidth: 0, py: 0 }}
            >
              Log
            </Button>
          )}
        </Box>
        <StepStateBadge state={step.state} />
      </Box>
      <StepTimes step={step} />
      {step.resources.map(resource => (
        <Resource
          key={`${resource.kind} ${resource.name}`}
          resource={resource}
        />
      ))}
    </Stack>
  );
}

function StepTimes({ step }: { step: ProvisioningStep }) {
  const now = useNow({ intervalMs: 1_000, enabled: step.state === 'running' });
  const elapsed = elapsedMs(step, now);
  const usual = step.usualDurationMs;
  const parts = [
    elapsed === undefined || step.state === 'skipped'
      ? undefined
      : formatDuration(elapsed),
    usual !== undefined && ['pending', 'running'].includes(step.state)
      ? `usually ${formatDuration(usual)}`
      : undefined,
    step.attempts > 1 ? `attempt ${step.attempts}` : undefined,
  ].filter(part => part !== undefined);
  if (parts.length === 0) return null;
  return (
    <Typography
      variant="body2"
      color="text.secondary"
      sx={{ fontVariantNumeric: 'tabular-nums' }}
    >
      {parts.join(', ')}
    </Typography>
  );
}

function Resource({ resource }: { resource: ProvisionedResource }) {
  return (
    <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
      {resource.kind}{' '}
      {resource.url ? (
        <Link href={resource.url} target="_blank" rel="noopener">
          {resource.name}
        </Link>
      ) : (
        resource.name
      )}
    </Typography>
  );
}
