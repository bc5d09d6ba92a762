import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { visuallyHidden } from '@mui/utils';
import { RelativeTime, StatusBadge } from '@forkyard/frontend-kit';
import {
  actorName,
  type ApprovalRefusal,
  type RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { useReader } from '../../hooks/useReader';
import { describeRolloutTo } from '../../presentation/approvalWords';
import { newVersion, rolloutTitle } from '../../presentation/rolloutWords';
import { CommitLine } from '../CommitLine';
import { RolloutActions, type ActionAnswer } from '../RolloutActions';
import { AskedNote } from './AskedNote';

/** The first lines of a rollout: what it is, how it is and why, and what can be done. */
export function RolloutHeader(props: {
  titleId: string;
  rollout: RolloutDetail;
  permissions: DeploymentPermissions;
  /** Why the reader may not approve it, as the backend judged. */
  refusal: ApprovalRefusal | undefined;
  corner?: ReactNode;
  onAnswer: (answer: ActionAnswer) => void;
}) {
  const { rollout, refusal } = props;
  const reader = useReader();
  const described = describeRolloutTo({ reader, refusal }, rollout);
  return (
    <Stack spacing={1}>
      <Stack direction="row" spacing={1} sx={{ alignItems: 'flex-start' }}>
        <Typography
          id={props.titleId}
          variant="h2"
          sx={{ m: 0, flexGrow: 1, overflowWrap: 'anywhere' }}
        >
          {rolloutTitle(rollout)}
        </Typography>
        {props.corner}
      </Stack>
      <Stack
        direction="row"
        useFlexGap
        sx={{ columnGap: 2, rowGap: 1, flexWrap: 'wrap', alignItems: 'center' }}
      >
        <StatusBadge size="medium" {...described} />
        <Typography
          sx={{
            flex: { xs: '1 1 100%', sm: '1 1 240px' },
            overflowWrap: 'anywhere',
          }}
        >
          {rollout.reason}
        </Typography>
        <RolloutActions
          rollout={rollout}
          permissions={props.permissions}
          onAnswer={props.onAnswer}
        />
      </Stack>
      <AskedNote rollout={rollout} />
      {/* Only what changes seldom is read aloud by itself. */}
      <Box role="status" style={visuallyHidden}>
        {`${rolloutTitle(rollout)}: ${described.label}, ${rollout.percent} % of the traffic.`}
      </Box>
      <Stack
        direction="row"
        useFlexGap
        sx={{
          columnGap: 2,
          flexWrap: 'wrap',
          alignItems: 'center',
          minWidth: 0,
        }}
      >
        <CommitLine deployment={newVersion(rollout)} />
        <Typography variant="body2" color="text.secondary">
          begun <RelativeTime at={rollout.createdAt} /> by{' '}
          {actorName(rollout.createdBy)}
          {rollout.endedAt && (
            <>
              , ended <RelativeTime at={rollout.endedAt} />
            </>
          )}
        </Typography>
      </Stack>
    </Stack>
  );
}
