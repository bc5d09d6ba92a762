import { useState } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { RelativeTime } from '@forkyard/frontend-kit';
import type {
  EnvironmentStatus,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import {
  deploymentName,
  environmentTitle,
} from '../../presentation/deploymentWords';
import { GuardedButton } from '../DeploymentActions';
import { ReleaseDialog } from './ReleaseDialog';
import { RollbackDialog } from './RollbackDialog';

/** Takes an environment back to the version before, and lets it go again. */
export function EnvironmentActions(props: {
  entityRef: string;
  environment: EnvironmentStatus;
  /** How the environment is rolled out, when that is known. */
  plan?: RolloutPlan;
  permissions: DeploymentPermissions;
  onChanged: () => void;
  onRollout: (id: string) => void;
}) {
  const { entityRef, environment, plan, permissions } = props;
  const { live, pinned } = environment;
  const [asking, setAsking] = useState<'rollback' | 'release'>();
  const close = () => setAsking(undefined);
  const place = environmentTitle(environment.environment);
  const refusal = permissions.mayPromote
    ? undefined
    : `You may not move ${place}'s traffic. Ask the owner of the component.`;
  // Providers roll back production only.
  if (environment.environment !== 'production') return undefined;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>
      {pinned && (
        <Alert
          severity="warning"
          action={
            <GuardedButton
              label="Release"
              name={`Release ${place}`}
              color="inherit"
              refusal={refusal}
              onClick={() => setAsking('release')}
            />
          }
          sx={{ '& .MuiAlert-message': { minWidth: 0 } }}
        >
          <strong>Pinned by rollback</strong>
          {pinned.since && (
            <>
              {' '}
              since <RelativeTime at={pinned.since} />
            </>
          )}
          : new pushes get no traffic until it is released.
          {pinned.description && ` ${pinned.description}`}
        </Alert>
      )}
      {live && (
        <Box>
          <GuardedButton
            label="Roll back"
            name={`Roll back ${place} from ${deploymentName(live)}`}
            variant="outlined"
            refusal={refusal}
            onClick={() => setAsking('rollback')}
          />
        </Box>
      )}
      {asking === 'rollback' && live && (
        <RollbackDialog
          entityRef={entityRef}
          environment={environment}
          live={live}
          onDone={props.onChanged}
          onClose={close}
        />
      )}
      {asking === 'release' && (
        <ReleaseDialog
          entityRef={entityRef}
          environment={environment}
          plan={plan}
          onDone={props.onChanged}
          onRollout={props.onRollout}
          onClose={close}
        />
      )}
    </Box>
  );
}
