import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { formatDuration, StatusBadge, useNow } from '@forkyard/frontend-kit';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import {
  buildDurationMs,
  deploymentName,
  describeState,
} from '../../presentation/deploymentWords';
import { CommitLine } from '../CommitLine';

/** Shows how long a deployment has been running and how long it usually takes. */
export function RunningDeployment(props: {
  deployment: Deployment;
  /** The deployment before it, from which the usual time is taken. */
  previous?: Deployment;
}) {
  const { deployment, previous } = props;
  const now = useNow({ intervalMs: 1_000 });
  const beganAt = deployment.buildingAt ?? deployment.createdAt;
  const elapsedMs = Math.max(0, now.getTime() - Date.parse(beganAt));
  const usualMs = previous && buildDurationMs(previous);
  // Never full before the provider says so.
  const percent = usualMs
    ? Math.min(95, Math.round((elapsedMs / usualMs) * 100))
    : undefined;
  return (
    <Stack spacing={0.5}>
      <Stack
        direction="row"
        spacing={1}
        sx={{ alignItems: 'center', minWidth: 0 }}
      >
        <StatusBadge {...describeState(deployment)} />
        <CommitLine deployment={deployment} />
      </Stack>
      <LinearProgress
        variant={percent === undefined ? 'indeterminate' : 'determinate'}
        value={percent}
        aria-label={`Progress of ${deploymentName(deployment)}`}
      />
      <Typography
        variant="caption"
        color="text.secondary"
        sx={{ fontVariantNumeric: 'tabular-nums' }}
      >
        {formatDuration(elapsedMs)} so far
        {usualMs !== undefined &&
          `; the last one took ${formatDuration(usualMs)}`}
      </Typography>
    </Stack>
  );
}
