import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  DeniedState,
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
  useMay,
} from '@forkyard/frontend-kit';
import {
  alertReadPermission,
  type Alert,
} from '@forkyard/plugin-incidents-common';
import { useEntityAlerts } from '../../hooks/useEntityAlerts';
import {
  alertQuery,
  alertStatus,
  severityWords,
} from '../../presentation/alertWords';
import { entityContentRouteRef } from '../../routes';
import { StaleNote } from '../StaleNote';

const shownAlerts = 3;

/** The card of the overview: what fires now, and since when. */
export function AlertsCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const tab = useRouteRef(entityContentRouteRef);
  const mayRead = useMay(alertReadPermission, entityRef);
  return (
    <EntityInfoCard
      title="Alerts"
      headerActions={tab && <Link to={tab()}>Alerts and runbooks</Link>}
    >
      {mayRead ? (
        <CardBody entityRef={entityRef} tab={tab?.()} />
      ) : (
        <DeniedState compact title="You may not see these alerts" />
      )}
    </EntityInfoCard>
  );
}

function CardBody(props: { entityRef: string; tab?: string }) {
  const { value, error, refresh } = useEntityAlerts(props.entityRef);
  if (!value) {
    return error ? (
      <ErrorState
        compact
        title="The alerts could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading alerts" />
    );
  }
  const [last] = value.resolved;
  if (value.open.length === 0) {
    return (
      <Stack spacing={1}>
        <StaleNote error={error} />
        <StatusBadge status="healthy" label="Nothing fires" />
        <Typography variant="body2" color="text.secondary">
          {last ? (
            <>
              The last alert was resolved{' '}
              <RelativeTime at={last.endsAt ?? last.updatedAt} />.
            </>
          ) : (
            'No alert so far.'
          )}
        </Typography>
      </Stack>
    );
  }
  const more = value.open.length - shownAlerts;
  return (
    <>
      <StaleNote error={error} />
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {value.open.slice(0, shownAlerts).map(alert => (
          <OpenAlert key={alert.id} alert={alert} tab={props.tab} />
        ))}
        {more > 0 && (
          <Typography component="li" variant="caption" color="text.secondary">
            And {value.hasMore ? `more than ${more}` : more} more
          </Typography>
        )}
      </Box>
    </>
  );
}

function OpenAlert({ alert, tab }: { alert: Alert; tab?: string }) {
  const { status, label } = alertStatus(alert);
  return (
    <Box component="li" sx={{ mb: 1, overflowWrap: 'anywhere' }}>
      <StatusBadge status={status} label={label} />
      <Typography variant="body2">
        {tab ? (
          <Link to={`${tab}?${alertQuery(alert)}`}>{alert.title}</Link>
        ) : (
          alert.title
        )}
      </Typography>
      <Typography variant="caption" color="text.secondary">
        {severityWords[alert.severity]}, since{' '}
        <RelativeTime at={alert.startsAt} />
      </Typography>
    </Box>
  );
}
