import { useState } from 'react';
import Box from '@mui/material/Box';
import type {
  EnvironmentStatus,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { environmentTitle } from '../../presentation/deploymentWords';
import { PinNote } from './PinNote';
import { ReleaseDialog } from './ReleaseDialog';
import { RollbackButton } from './RollbackButton';
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
  const { live } = environment;
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
      <PinNote
        environment={environment}
        refusal={refusal}
        onRelease={() => setAsking('release')}
      />
      {live && (
        <Box>
          <RollbackButton
            entityRef={entityRef}
            environment={environment}
            live={live}
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
