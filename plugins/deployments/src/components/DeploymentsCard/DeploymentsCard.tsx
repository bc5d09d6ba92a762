import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useApi, useRouteRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  DeniedState,
  EmptyState,
  ErrorState,
  LoadingState,
  StatusBadge,
  useMay,
} from '@forkyard/frontend-kit';
import {
  deploymentReadPermission,
  type EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { useEntityStatus } from '../../hooks/useEntityStatus';
import { useFiringAlerts } from '../../hooks/useFiringAlerts';
import { isRunning } from '../../presentation/deploymentWords';
import { mainEnvironment } from '../../presentation/environmentSummary';
import type { FiringAlerts } from '../../presentation/firingWords';
import { entityContentRouteRef } from '../../routes';
import {
  describeEnvironment,
  LiveDeployment,
  RunningDeployment,
} from '../EnvironmentColumns';
import { FiringNote } from '../FiringNote';
import { StaleNote } from '../StaleNote';

/** The card of the overview: what is live, since when, from which commit, by whom. */
export function DeploymentsCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const tab = useRouteRef(entityContentRouteRef);
  const mayRead = useMay(deploymentReadPermission, entityRef);
  return (
    <EntityInfoCard
      title="Deployments"
      headerActions={tab && <Link to={tab()}>All deployments</Link>}
    >
      {mayRead ? (
        <CardBody entityRef={entityRef} />
      ) : (
        <DeniedState compact title="You may not see these deployments" />
      )}
    </EntityInfoCard>
  );
}

function CardBody(props: { entityRef: string }) {
  const { entityRef } = props;
  const api = useApi(deploymentsApiRef);
  const { value: status, error, refresh } = useEntityStatus(entityRef);
  const firing = useFiringAlerts(entityRef);
  if (!status) {
    return error ? (
      <ErrorState
        compact
        title="The deployments could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading deployments" />
    );
  }
  async function askAgain() {
    await api.reconcileEntity({ entityRef });
    refresh();
  }
  return (
    <Stack spacing={1.5}>
      <Live status={status} firing={firing} />
      <StaleNote status={status} error={error} onAskAgain={askAgain} />
    </Stack>
  );
}

function Live(props: {
  status: EntityDeploymentStatus;
  firing?: FiringAlerts;
}) {
  const { firing } = props;
  const tab = useRouteRef(entityContentRouteRef);
  const environment = mainEnvironment(props.status);
  if (!environment) {
    return (
      <EmptyState
        compact
        title="Nothing has been deployed yet"
        description="The first deployment appears here by itself, a few seconds after it begins."
      />
    );
  }
  const { latest, live, rollout } = environment;
  const summary = describeEnvironment(environment, firing);
  return (
    <>
      <Stack
        direction="row"
        spacing={1}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        <StatusBadge
          status={summary.status}
          label={summary.label}
          size="medium"
        />
        <Typography variant="body2">{summary.sentence}</Typography>
        {firing && <FiringNote firing={firing} />}
        {rollout && tab && (
          <Link to={`${tab()}?rollout=${encodeURIComponent(rollout.id)}`}>
            Show the rollout
          </Link>
        )}
      </Stack>
      <LiveDeployment environment={environment} />
      {latest && isRunning(latest) && (
        <RunningDeployment deployment={latest} previous={live} />
      )}
    </>
  );
}
