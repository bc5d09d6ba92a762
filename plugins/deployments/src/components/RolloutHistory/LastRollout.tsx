import { useId, useState, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { RelativeTime, StatusBadge } from '@forkyard/frontend-kit';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { describeRollout, newVersion } from '../../presentation/rolloutWords';
import { CommitLine } from '../CommitLine';
import { RolloutView } from '../RolloutView';

/** The line "Last rollout: promoted 2 h ago", which unfolds to all of it. */
export function LastRollout(props: {
  entityRef: string;
  rollout: Rollout;
  permissions: DeploymentPermissions;
  /** Stands at the end of the line. */
  more?: ReactNode;
  onChanged: () => void;
}) {
  const { rollout } = props;
  const [unfolded, setUnfolded] = useState(false);
  const detailsId = useId();
  const { status, label } = describeRollout(rollout);
  return (
    <>
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'center',
          columnGap: 1,
          rowGap: 0.5,
        }}
      >
        <Typography variant="body2" component="span">
          Last rollout:
        </Typography>
        <StatusBadge status={status} label={label} reason={rollout.reason} />
        <Typography variant="body2" component="span">
          <RelativeTime at={rollout.endedAt ?? rollout.createdAt} />
        </Typography>
        <CommitLine deployment={newVersion(rollout)} />
        <Button
          size="small"
          aria-expanded={unfolded}
          aria-controls={unfolded ? detailsId : undefined}
          onClick={() => setUnfolded(!unfolded)}
        >
          {unfolded ? 'Hide the last rollout' : 'Show the last rollout'}
        </Button>
        {props.more}
      </Box>
      {unfolded && (
        <Paper id={detailsId} variant="outlined" sx={{ p: 2, my: 1 }}>
          <RolloutView {...props} id={rollout.id} />
        </Paper>
      )}
    </>
  );
}
