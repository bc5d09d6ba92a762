import List from '@mui/material/List';
import ListItemButton from '@mui/material/ListItemButton';
import ListItemText from '@mui/material/ListItemText';
import Typography from '@mui/material/Typography';
import { ErrorState, RelativeTime, StatusBadge } from '@forkyard/frontend-kit';
import type { RunbookRun } from '@forkyard/plugin-incidents-common';
import { useRuns } from '../../hooks/useRun';
import { personName } from '../../presentation/alertWords';
import { runStatuses } from '../../presentation/runWords';
import { StaleNote } from '../StaleNote';

/** Lists the newest runs; nothing when there were none. */
export function RecentRuns(props: {
  entityRef: string;
  selected?: string;
  onSelect: (run: RunbookRun) => void;
}) {
  const { value, error, refresh } = useRuns(props.entityRef);
  if (!value) {
    return error ? (
      <ErrorState
        compact
        title="The runs could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : undefined;
  }
  if (value.length === 0) return undefined;
  return (
    <section aria-label="Recent runs">
      <Typography variant="h6" component="h2">
        Recent runs
      </Typography>
      <StaleNote error={error} />
      <List dense disablePadding>
        {value.map(run => {
          const { status, label } = runStatuses[run.state];
          return (
            <li key={run.id}>
              <ListItemButton
                selected={run.id === props.selected}
                aria-current={run.id === props.selected || undefined}
                onClick={() => props.onSelect(run)}
              >
                <ListItemText
                  primary={run.runbookTitle}
                  sx={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}
                  secondaryTypographyProps={{ component: 'div' }}
                  secondary={
                    <>
                      <StatusBadge status={status} label={label} />{' '}
                      {personName(run.startedBy)},{' '}
                      <RelativeTime at={run.startedAt} />
                    </>
                  }
                />
              </ListItemButton>
            </li>
          );
        })}
      </List>
    </section>
  );
}
