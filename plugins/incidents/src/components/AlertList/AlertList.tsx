import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { EmptyState, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import type { Alert as EntityAlert } from '@forkyard/plugin-incidents-common';
import {
  useEntityAlerts,
  type EntityAlerts,
} from '../../hooks/useEntityAlerts';
import { StaleNote } from '../StaleNote';
import { AlertItem } from './AlertItem';

/** Lists what fires at an entity, the worst first, and what did. */
export function AlertList(props: {
  entityRef: string;
  /** Its id. */
  selectedAlert?: string;
  onOpenRunbook: (alert: EntityAlert) => void;
}) {
  const { entityRef, selectedAlert, onOpenRunbook } = props;
  const { value, error, refresh } = useEntityAlerts(entityRef);
  const [chosen, setChosen] = useState<boolean>();
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
      selected={alert.id === selectedAlert}
      onOpenRunbook={alert.runbook ? () => onOpenRunbook(alert) : undefined}
      onChanged={refresh}
    />
  );
  const showResolved =
    chosen ?? value.resolved.some(({ id }) => id === selectedAlert);
  return (
    <section aria-label="Alerts">
      <Typography variant="h6" component="h2">
        {countWords(value)}
      </Typography>
      <StaleNote error={error} />
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
            onClick={() => setChosen(!showResolved)}
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

function countWords({ open, hasMore }: EntityAlerts): string {
  if (hasMore) return `More than ${open.length} alerts need a look`;
  if (open.length === 0) return 'Nothing fires';
  return open.length === 1
    ? '1 alert needs a look'
    : `${open.length} alerts need a look`;
}
