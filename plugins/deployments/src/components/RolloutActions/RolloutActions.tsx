import { useState } from 'react';
import Stack from '@mui/material/Stack';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import {
  refusalOf,
  type RolloutAction,
} from '../../presentation/rolloutActions';
import { rolloutName } from '../../presentation/rolloutWords';
import { GuardedButton } from '../DeploymentActions';
import { RolloutActionDialog } from './RolloutActionDialog';

const labels: Record<RolloutAction, string> = {
  pause: 'Pause',
  resume: 'Resume',
  promote: 'Promote now',
  abort: 'Abort',
};

/** What a person can do with a rollout that has not ended; what may not be says why. */
export function RolloutActions(props: {
  rollout: Rollout;
  permissions: DeploymentPermissions;
  onChanged: () => void;
}) {
  const { rollout, permissions } = props;
  const [asking, setAsking] = useState<RolloutAction>();
  const name = rolloutName(rollout);
  const actions: RolloutAction[] = [
    rollout.state === 'paused' ? 'resume' : 'pause',
    'promote',
    'abort',
  ];
  return (
    <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
      {actions.map(action => (
        <GuardedButton
          key={action}
          label={labels[action]}
          name={`${labels[action]}: rollout of ${name}`}
          variant="outlined"
          color={action === 'abort' ? 'error' : 'primary'}
          refusal={refusalOf(action, rollout, permissions.maySteer)}
          onClick={() => setAsking(action)}
        />
      ))}
      {asking && (
        <RolloutActionDialog
          action={asking}
          rollout={rollout}
          onDone={props.onChanged}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Stack>
  );
}
