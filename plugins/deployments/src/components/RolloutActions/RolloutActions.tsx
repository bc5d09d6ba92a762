import { useState } from 'react';
import Stack from '@mui/material/Stack';
import { GuardedButton } from '@forkyard/frontend-kit';
import type { RolloutDetail } from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import {
  refusalOf,
  type RolloutAction,
} from '../../presentation/rolloutActions';
import { hasEnded, rolloutName } from '../../presentation/rolloutWords';
import { RolloutActionDialog, type ActionAnswer } from './RolloutActionDialog';

const labels: Record<RolloutAction, string> = {
  pause: 'Pause',
  resume: 'Resume',
  promote: 'Promote now',
  abort: 'Abort',
};

/**
 * What a person can do with a rollout that has not ended; what may not be says
 * why. A dialog that is open stays when the rollout ends beneath it.
 */
export function RolloutActions(props: {
  rollout: RolloutDetail;
  permissions: DeploymentPermissions;
  onAnswer: (answer: ActionAnswer) => void;
}) {
  const { rollout, permissions } = props;
  const [asking, setAsking] = useState<RolloutAction>();
  const name = rolloutName(rollout);
  const refusal = (action: RolloutAction) =>
    refusalOf(action, rollout, permissions.maySteer);
  const actions: RolloutAction[] = hasEnded(rollout)
    ? []
    : [rollout.state === 'paused' ? 'resume' : 'pause', 'promote', 'abort'];
  if (actions.length === 0 && !asking) return undefined;
  return (
    <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
      {actions.map(action => (
        <GuardedButton
          key={action}
          label={labels[action]}
          name={`${labels[action]}: rollout of ${name}`}
          variant="outlined"
          color={action === 'abort' ? 'error' : 'primary'}
          refusal={refusal(action)}
          onClick={() => setAsking(action)}
        />
      ))}
      {asking && (
        <RolloutActionDialog
          action={asking}
          rollout={rollout}
          refusal={refusal(asking)}
          onDone={props.onAnswer}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Stack>
  );
}
