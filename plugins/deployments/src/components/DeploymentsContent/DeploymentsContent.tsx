import { useState } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  DeniedState,
  ErrorState,
  LoadingState,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type {
  Deployment,
  EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import {
  useDeploymentPermissions,
  type DeploymentPermissions,
} from '../../hooks/useDeploymentPermissions';
import { useEntityStatus } from '../../hooks/useEntityStatus';
import {
  mainEnvironment,
  summarizeEnvironment,
} from '../../presentation/environmentSummary';
import { BuildLogDrawer } from '../BuildLogDrawer';
import { DeploymentActions } from '../DeploymentActions';
import { DeploymentTimeline } from '../DeploymentTimeline';
import { EnvironmentColumns } from '../EnvironmentColumns';
import { StaleNote } from '../StaleNote';

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
  return <Deployments entityRef={entityRef} permissions={permissions} />;
}

function Deployments(props: {
  entityRef: string;
  permissions: DeploymentPermissions;
}) {
  const { entityRef } = props;
  const { value: status, error, refresh } = useEntityStatus(entityRef);
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
  const production = status.environments.find(
    ({ environment }) => environment === 'production',
  );
  return (
    <Stack spacing={3}>
      <Answer
        entityRef={entityRef}
        status={status}
        error={error}
        onAsked={refresh}
      />
      <EnvironmentColumns
        environments={status.environments}
        onShowLog={setLogOf}
      />
      <DeploymentTimeline
        entityRef={entityRef}
        environments={status.environments.map(({ environment }) => environment)}
        renderActions={deployment => (
          <DeploymentActions
            deployment={deployment}
            production={production}
            permissions={props.permissions}
            onShowLog={() => setLogOf(deployment)}
            onChanged={refresh}
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

/** The first line of the tab: how is it, and how old is that knowledge. */
function Answer(props: {
  entityRef: string;
  status: EntityDeploymentStatus;
  error?: Error;
  onAsked: () => void;
}) {
  const { entityRef, status, error } = props;
  const api = useApi(deploymentsApiRef);
  const main = mainEnvironment(status);
  const summary = main && summarizeEnvironment(main);
  async function askAgain() {
    await api.reconcileEntity({ entityRef });
    props.onAsked();
  }
  return (
    <Stack spacing={1}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
        role="status"
      >
        <StatusBadge size="medium" status={summary?.status ?? 'unknown'} />
        <Typography>
          {summary?.sentence ?? 'Nothing has been deployed yet.'}
        </Typography>
      </Stack>
      <StaleNote status={status} error={error} onAskAgain={askAgain} />
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
