import { useState } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import Stack from '@mui/material/Stack';
import { DeniedState, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import type {
  Deployment,
  EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';
import { useDelivery } from '../../hooks/useDelivery';
import {
  useDeploymentPermissions,
  type DeploymentPermissions,
} from '../../hooks/useDeploymentPermissions';
import { useEntityStatus } from '../../hooks/useEntityStatus';
import { useFiringAlerts } from '../../hooks/useFiringAlerts';
import { useRolloutInAddress } from '../../hooks/useRolloutInAddress';
import { BuildLogDrawer } from '../BuildLogDrawer';
import { FileProblems } from '../Delivery';
import { DeploymentActions } from '../DeploymentActions';
import { DeploymentTimeline } from '../DeploymentTimeline';
import { RolloutHistory } from '../RolloutHistory';
import { Answer } from './Answer';
import { Environments } from './Environments';
import { Rollouts } from './Rollouts';

/** The tab "Deployments": what each environment serves, and how it came to it. */
export function DeploymentsContent() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const permissions = useDeploymentPermissions(entityRef);
  if (!permissions.loading && !permissions.mayRead) {
    return (
      <DeniedState
        title="You may not see these deployments"
        action={`Ask the owner of ${entity.metadata.title ?? entity.metadata.name} for access.`}
      />
    );
  }
  return (
    <Deployments
      key={entityRef}
      entityRef={entityRef}
      permissions={permissions}
    />
  );
}

function Deployments(props: {
  entityRef: string;
  permissions: DeploymentPermissions;
}) {
  const { entityRef, permissions } = props;
  const { value: status, error, refresh } = useEntityStatus(entityRef);
  const delivery = useDelivery(entityRef).value;
  const firing = useFiringAlerts(entityRef);
  const { open } = useRolloutInAddress();
  const [logOf, setLogOf] = useState<Deployment>();
  if (!status) {
    return error ? (
      <ErrorState
        title="The deployments could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading deployments" rows={4} rowHeight={80} />
    );
  }
  return (
    <Stack spacing={3}>
      <Answer
        entityRef={entityRef}
        status={status}
        firing={firing}
        error={error}
        onAsked={refresh}
      />
      <FileProblems problems={delivery?.fileProblems ?? []} />
      <Rollouts
        entityRef={entityRef}
        permissions={permissions}
        onChanged={refresh}
      />
      <Environments
        entityRef={entityRef}
        environments={status.environments}
        firing={firing}
        delivery={delivery}
        permissions={permissions}
        onShowLog={setLogOf}
        onChanged={refresh}
      />
      <RolloutHistory
        entityRef={entityRef}
        permissions={permissions}
        onOpen={open}
        onChanged={refresh}
      />
      <DeploymentTimeline
        entityRef={entityRef}
        environments={status.environments}
        renderActions={deployment => (
          <DeploymentActions
            deployment={deployment}
            environments={status.environments}
            delivery={delivery}
            permissions={permissions}
            onShowLog={() => setLogOf(deployment)}
            onChanged={refresh}
            onRollout={open}
          />
        )}
      />
      {logOf && (
        <BuildLogDrawer
          deployment={newestOf(logOf, status)}
          onClose={() => setLogOf(undefined)}
        />
      )}
    </Stack>
  );
}

/** The newer word on a deployment, when the environments know one. */
function newestOf(
  deployment: Deployment,
  status: EntityDeploymentStatus,
): Deployment {
  return (
    status.environments
      .flatMap(({ live, latest }) => [live, latest])
      .find(candidate => candidate?.id === deployment.id) ?? deployment
  );
}
