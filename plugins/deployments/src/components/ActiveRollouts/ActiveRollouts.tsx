import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import { describeError } from '@forkyard/frontend-kit';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { rolloutName } from '../../presentation/rolloutWords';
import { RolloutView } from '../RolloutView';

/** Shows the rollouts that move traffic now, or ended while the reader looked; those that wait behind them in a line. */
export function ActiveRollouts(props: {
  entityRef: string;
  /** Those that have not ended; undefined until they are known. */
  active: Rollout[] | undefined;
  error?: Error;
  followed: string[];
  permissions: DeploymentPermissions;
  onForget: (id: string) => void;
  onOpen: (id: string) => void;
  onChanged: () => void;
}) {
  const { entityRef, active = [], error, followed } = props;
  const queued = active.filter(({ state }) => state === 'queued');
  return (
    <>
      {error && (
        <Alert severity="warning">
          Whether a rollout runs is not known: {describeError(error).message}
        </Alert>
      )}
      {followed.map(id => (
        <Paper key={id} variant="outlined" sx={{ p: 2, minWidth: 0 }}>
          <RolloutView
            entityRef={entityRef}
            id={id}
            permissions={props.permissions}
            foldsAtEnd
            onChanged={props.onChanged}
            corner={
              active.some(rollout => rollout.id === id) ? undefined : (
                <Button size="small" onClick={() => props.onForget(id)}>
                  Done
                </Button>
              )
            }
          />
        </Paper>
      ))}
      {queued.length > 0 && (
        <Stack spacing={1}>
          {queued.map(rollout => (
            <Alert
              key={rollout.id}
              severity="info"
              action={
                <Button
                  size="small"
                  color="inherit"
                  aria-label={`Open the rollout of ${rolloutName(rollout)}`}
                  onClick={() => props.onOpen(rollout.id)}
                >
                  Open
                </Button>
              }
            >
              {rolloutName(rollout)} is queued for {rollout.environment}:{' '}
              {rollout.reason}
            </Alert>
          ))}
        </Stack>
      )}
    </>
  );
}
