import { useState } from 'react';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { GuardedButton } from '@forkyard/frontend-kit';
import type {
  Deployment,
  EntityDelivery,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import {
  deploymentName,
  isRunning,
  safeUrl,
} from '../../presentation/deploymentWords';
import { Promotion } from './Promotion';
import { RedeployDialog } from './RedeployDialog';

const denied = (verb: string) =>
  `You may not ${verb} this. Ask the owner of the component.`;

/** What can be done with one deployment; what may not be says why. */
export function DeploymentActions(props: {
  deployment: Deployment;
  /** What each environment serves. */
  environments: EnvironmentStatus[];
  /** How they are rolled out, when that is known. */
  delivery?: EntityDelivery;
  permissions: DeploymentPermissions;
  onShowLog: () => void;
  onChanged: () => void;
  onRollout: (id: string) => void;
}) {
  const { deployment, permissions } = props;
  const [asking, setAsking] = useState<'promote' | 'redeploy'>();
  const name = deploymentName(deployment);
  const url = deployment.state === 'ready' && safeUrl(deployment.url);
  const serves = deployment.live && deployment.environment === 'production';
  const close = () => setAsking(undefined);
  return (
    <Stack direction="row" sx={{ flexWrap: 'wrap' }}>
      <Button
        size="small"
        aria-label={`Build log of ${name}`}
        onClick={props.onShowLog}
      >
        Build log
      </Button>
      {url && (
        <Button
          size="small"
          href={url}
          target="_blank"
          rel="noopener"
          aria-label={`Open URL of ${name}`}
        >
          Open URL
        </Button>
      )}
      {deployment.state === 'ready' && !serves && (
        <GuardedButton
          label="Promote"
          name={`Promote ${name}`}
          refusal={permissions.mayPromote ? undefined : denied('promote')}
          onClick={() => setAsking('promote')}
        />
      )}
      {!isRunning(deployment) && deployment.state !== 'deleted' && (
        <GuardedButton
          label="Redeploy"
          name={`Redeploy ${name}`}
          refusal={permissions.mayRedeploy ? undefined : denied('redeploy')}
          onClick={() => setAsking('redeploy')}
        />
      )}
      {asking === 'promote' && (
        <Promotion
          deployment={deployment}
          environments={props.environments}
          delivery={props.delivery}
          onRollout={props.onRollout}
          onDone={props.onChanged}
          onClose={close}
        />
      )}
      {asking === 'redeploy' && (
        <RedeployDialog
          deployment={deployment}
          onDone={props.onChanged}
          onClose={close}
        />
      )}
    </Stack>
  );
}
