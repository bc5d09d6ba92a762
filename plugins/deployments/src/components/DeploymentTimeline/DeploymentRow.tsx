import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  formatDuration,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import {
  buildDurationMs,
  environmentTitle,
} from '../../presentation/deploymentWords';
import { describeVersion, findTakenBack } from '../../presentation/takenBack';
import { CommitLine } from '../CommitLine';
import { TakenBackLine } from '../TakenBack';

/** One deployment of the timeline, with what can be done about it. */
export function DeploymentRow(props: {
  deployment: Deployment;
  /** What its environment serves, when that is known. */
  environment?: EnvironmentStatus;
  actions: ReactNode;
}) {
  const { deployment, environment } = props;
  const takenBack = findTakenBack(deployment, environment);
  const by = deployment.creator ?? deployment.commit?.author;
  const durationMs = buildDurationMs(deployment);
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', sm: '112px minmax(0, 1fr) auto' },
        columnGap: 2,
        rowGap: 0.5,
        alignItems: 'center',
        py: 1,
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <StatusBadge {...describeVersion(deployment, environment)} />
      <Stack spacing={0.25} sx={{ minWidth: 0 }}>
        <CommitLine deployment={deployment} />
        <Box
          sx={{
            display: 'flex',
            flexWrap: 'wrap',
            alignItems: 'center',
            columnGap: 1,
            typography: 'body2',
            color: 'text.secondary',
            fontVariantNumeric: 'tabular-nums',
          }}
        >
          {environmentTitle(deployment.environment)}
          {deployment.live && (
            <Chip
              size="small"
              color="primary"
              variant="outlined"
              label="Live"
              sx={{ m: 0, height: 20 }}
            />
          )}
          <span>
            <RelativeTime at={deployment.createdAt} />
            {by && ` by ${by}`}
          </span>
          {durationMs !== undefined && (
            <span>built in {formatDuration(durationMs)}</span>
          )}
        </Box>
        {takenBack && <TakenBackLine takenBack={takenBack} />}
        {deployment.errorMessage && (
          <Typography
            variant="body2"
            color="error"
            sx={{ overflowWrap: 'anywhere' }}
          >
            {deployment.errorMessage}
          </Typography>
        )}
      </Stack>
      {props.actions}
    </Box>
  );
}
