import { useId, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { asSentences, StatusBadge } from '@forkyard/frontend-kit';
import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import {
  deploymentName,
  environmentTitle,
  isRunning,
  safeUrl,
} from '../../presentation/deploymentWords';
import { sortEnvironments } from '../../presentation/environmentSummary';
import {
  describeFiring,
  type FiringAlerts,
} from '../../presentation/firingWords';
import { describeVersion, findTakenBack } from '../../presentation/takenBack';
import { CommitLine } from '../CommitLine';
import { TakenBackLine } from '../TakenBack';
import { DeploymentLink } from './DeploymentLink';
import { describeEnvironment, hasOnlyPreviews } from './describeEnvironment';
import { LiveDeployment } from './LiveDeployment';
import { RunningDeployment } from './RunningDeployment';

/** Shows the environments side by side, each with what it serves now. */
export function EnvironmentColumns(props: {
  environments: EnvironmentStatus[];
  /** At the entity, which is told of by its main environment, the first. */
  firing?: FiringAlerts;
  /** What can be done with an environment, and what holds it. */
  renderActions: (environment: EnvironmentStatus) => ReactNode;
  onShowLog: (deployment: Deployment) => void;
}) {
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: 'repeat(auto-fit, minmax(min(280px, 100%), 1fr))',
      }}
    >
      {sortEnvironments(props.environments).map((environment, index) => (
        <EnvironmentColumn
          key={environment.environment}
          environment={environment}
          firing={index === 0 ? props.firing : undefined}
          actions={props.renderActions(environment)}
          onShowLog={props.onShowLog}
        />
      ))}
    </Box>
  );
}

function EnvironmentColumn(props: {
  environment: EnvironmentStatus;
  firing?: FiringAlerts;
  actions: ReactNode;
  onShowLog: (deployment: Deployment) => void;
}) {
  const { environment, firing } = props;
  const titleId = useId();
  const { status, label, sentence } = describeEnvironment(environment, firing);
  const onlyPreviews = hasOnlyPreviews(environment);
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-labelledby={titleId}
      sx={{ p: 2, minWidth: 0 }}
    >
      <Stack spacing={1}>
        <Stack
          direction="row"
          sx={{ justifyContent: 'space-between', alignItems: 'center' }}
        >
          <Typography id={titleId} variant="h3" sx={{ m: 0 }}>
            {environmentTitle(environment.environment)}
          </Typography>
          {!onlyPreviews && (
            <StatusBadge
              status={status}
              label={label}
              reason={asSentences(firing && describeFiring(firing), sentence)}
            />
          )}
        </Stack>
        {onlyPreviews ? (
          <Typography variant="body2" color="text.secondary">
            {environment.latest
              ? 'Each preview has a URL of its own. The newest:'
              : 'No branch has a preview yet.'}
          </Typography>
        ) : (
          <LiveDeployment environment={environment} />
        )}
        {!onlyPreviews && props.actions}
        {environment.latest && (
          <>
            {!onlyPreviews && <Divider />}
            <LatestDeployment
              latest={environment.latest}
              environment={environment}
              onShowLog={props.onShowLog}
            />
          </>
        )}
        {onlyPreviews && props.actions}
      </Stack>
    </Paper>
  );
}

function LatestDeployment(props: {
  latest: Deployment;
  environment: EnvironmentStatus;
  onShowLog: (deployment: Deployment) => void;
}) {
  const { latest, environment } = props;
  const takenBack = findTakenBack(latest, environment);
  const address =
    hasOnlyPreviews(environment) && latest.state === 'ready'
      ? safeUrl(latest.url)
      : undefined;
  return (
    <Stack spacing={0.5} sx={{ alignItems: 'stretch' }}>
      {isRunning(latest) ? (
        <RunningDeployment deployment={latest} previous={environment.live} />
      ) : (
        <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
          <StatusBadge {...describeVersion(latest, environment)} />
          <CommitLine deployment={latest} />
        </Stack>
      )}
      {address && <DeploymentLink address={address} />}
      {takenBack && <TakenBackLine takenBack={takenBack} />}
      {latest.errorMessage && (
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {latest.errorMessage}
        </Typography>
      )}
      <Button
        size="small"
        sx={{ alignSelf: 'flex-start' }}
        aria-label={`Build log of the newest, ${deploymentName(latest)}`}
        onClick={() => props.onShowLog(latest)}
      >
        Build log
      </Button>
    </Stack>
  );
}
