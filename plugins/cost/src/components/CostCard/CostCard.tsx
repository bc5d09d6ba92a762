import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import Stack from '@mui/material/Stack';
import {
  DeniedState,
  ErrorState,
  LoadingState,
  useMay,
} from '@forkyard/frontend-kit';
import { chargeReadPermission } from '@forkyard/plugin-cost-common';
import { useEntityCost } from '../../hooks/useEntityCost';
import { entityContentRouteRef } from '../../routes';
import { CostSummary, Freshness, NoCharges } from '../CostSummary';

/** The card of the overview: this month's cost against its budget. */
export function CostCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const tab = useRouteRef(entityContentRouteRef);
  const mayRead = useMay(chargeReadPermission, entityRef);
  return (
    <EntityInfoCard
      title="Cost this month"
      headerActions={tab && <Link to={tab()}>All costs</Link>}
    >
      {mayRead ? (
        <CardBody entityRef={entityRef} />
      ) : (
        <DeniedState compact title="You may not see what this costs" />
      )}
    </EntityInfoCard>
  );
}

function CardBody(props: { entityRef: string }) {
  const { value: cost, error, refresh } = useEntityCost(props.entityRef);
  if (!cost) {
    return error ? (
      <ErrorState
        compact
        title="The cost could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading the cost" />
    );
  }
  return (
    <Stack spacing={1.5}>
      {cost.monthToDate === undefined ? (
        <NoCharges compact />
      ) : (
        <CostSummary cost={cost} />
      )}
      <Freshness {...cost} error={error} />
    </Stack>
  );
}
