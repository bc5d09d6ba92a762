import { Link } from '@backstage/core-components';
import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import {
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type { Alert } from '@forkyard/plugin-incidents-common';
import { useFiringAlerts } from '../../hooks/useFiringAlerts';
import {
  alertQuery,
  alertStatus,
  severityWords,
} from '../../presentation/alertWords';
import { StaleNote } from '../StaleNote';

/** Answers "what is broken now": what fires, the reader's own first. */
export function FiringHomeSection() {
  const { value, error, refresh } = useFiringAlerts();
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Alerts"
      sx={{ p: 2 }}
    >
      <Typography variant="h6" component="h2" sx={{ m: 0, mb: 1 }}>
        Firing now
      </Typography>
      {value && (
        <>
          <StaleNote error={error} />
          {value.mine.length === 0 && (
            <Typography color="text.secondary">
              Nothing of yours fires.
            </Typography>
          )}
          <Alerts label="Yours" alerts={value.mine} />
          {value.others.length > 0 && (
            <Typography variant="subtitle2" component="h3" sx={{ mt: 2 }}>
              Of others
            </Typography>
          )}
          <Alerts label="Of others" alerts={value.others} />
          {value.hasMore && (
            <Typography variant="caption" color="text.secondary">
              These are the newest; more fire.
            </Typography>
          )}
        </>
      )}
      {!value && error && (
        <ErrorState
          compact
          title="The alerts could not be loaded"
          error={error}
          onRetry={refresh}
        />
      )}
      {!value && !error && <LoadingState label="Loading alerts" />}
    </Paper>
  );
}

function Alerts({ label, alerts }: { label: string; alerts: Alert[] }) {
  if (alerts.length === 0) return undefined;
  return (
    <Box
      component="ul"
      aria-label={label}
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}
    >
      {alerts.map(alert => (
        <FiringAlert key={alert.id} alert={alert} />
      ))}
    </Box>
  );
}

function FiringAlert({ alert }: { alert: Alert }) {
  const { status, label } = alertStatus(alert);
  const address = useAlertAddress(alert);
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        alignItems: 'center',
        columnGap: 2,
        gridTemplateColumns: { xs: '1fr', sm: '150px minmax(0, 1fr)' },
      }}
    >
      <StatusBadge status={status} label={label} />
      <Box sx={{ overflowWrap: 'anywhere' }}>
        {address ? (
          <Link to={address} underline="always">
            {alert.title}
          </Link>
        ) : (
          alert.title
        )}{' '}
        <Typography component="span" variant="body2" color="text.secondary">
          {alert.entityRef
            ? parseEntityRef(alert.entityRef).name
            : 'of nothing in the catalog'}
          , {severityWords[alert.severity].toLocaleLowerCase('en-US')},{' '}
          <RelativeTime at={alert.startsAt} />
        </Typography>
      </Box>
    </Box>
  );
}

function useAlertAddress(alert: Alert): string | undefined {
  const entityRoute = useRouteRef(entityRouteRef);
  if (!entityRoute || !alert.entityRef) return undefined;
  const { kind, namespace, name } = parseEntityRef(alert.entityRef);
  return `${entityRoute({
    kind: kind.toLocaleLowerCase('en-US'),
    namespace: namespace.toLocaleLowerCase('en-US'),
    name,
  })}/runbooks?${alertQuery(alert)}`;
}
