import { useState } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import {
  asSentences,
  EmptyState,
  ErrorState,
  LoadingState,
} from '@forkyard/frontend-kit';
import type { Alert as EntityAlert } from '@forkyard/plugin-incidents-common';
import { useEntityAlerts } from '../../hooks/useEntityAlerts';
import { AlertItem } from './AlertItem';

/** Lists what fires at an entity, the worst first, and what did. */
export function AlertList(props: {
  entityRef: string;
  selectedAlert?: string;
  onOpenRunbook: (alert: EntityAlert) => void;
}) {
  const { entityRef, selectedAlert, onOpenRunbook } = props;
  const { value, error, refresh } = useEntityAlerts(entityRef);
  const [showResolved, setShowResolved] = useState(false);
  if (!value) {
    return error ? (
      <ErrorState
        title="The alerts could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading alerts" rows={2} />
    );
  }
  const item = (alert: EntityAlert) => (
    <AlertItem
      key={alert.id}
      alert={alert}
      entityRef={entityRef}
      selected={isSelected(alert, selectedAlert)}
      onOpenRunbook={alert.runbook ? () => onOpenRunbook(alert) : undefined}
      onChanged={refresh}
    />
  );
  return (
    <section aria-label="Alerts">
      <Typography variant="h6" component="h2">
        {value.open.length === 0
          ? 'Nothing fires'
          : `${value.open.length} ${value.open.length === 1 ? 'alert needs' : 'alerts need'} a look`}
      </Typography>
      {error && (
        <Alert severity="warning">
          {asSentences(`What you see may be out of date: ${error.message}`)}
        </Alert>
      )}
      {value.open.length === 0 && value.resolved.length === 0 && (
        <EmptyState
          compact
          title="No alert so far"
          description="An alert begins here when an error budget burns too fast, or when Alertmanager or Prometheus tells of one."
        />
      )}
      <Items label="Open alerts">{value.open.map(item)}</Items>
      {value.resolved.length > 0 && (
        <>
          <Button
            size="small"
            aria-expanded={showResolved}
            onClick={() => setShowResolved(!showResolved)}
          >
            {showResolved ? 'Hide what is over' : 'Show what is over'}
          </Button>
          {showResolved && (
            <Items label="Resolved alerts">{value.resolved.map(item)}</Items>
          )}
        </>
      )}
    </section>
  );
}

function Items(props: { label: string; children: React.ReactNode[] }) {
  if (props.children.length === 0) return undefined;
  return (
    <Box
      component="ul"
      aria-label={props.label}
      sx={{
        listStyle: 'none',
        m: 0,
        p: 0,
        '& > li + li': { borderTop: 1, borderTopColor: 'divider' },
      }}
    >
      {props.children}
    </Box>
  );
}

/** Links from elsewhere name an alert by its source's id. */
function isSelected(alert: EntityAlert, selected: string | undefined) {
  return (
    selected !== undefined && [alert.id, alert.fingerprint].includes(selected)
  );
}
