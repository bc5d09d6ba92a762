import Alert from '@mui/material/Alert';
import List from '@mui/material/List';
import ListItemButton from '@mui/material/ListItemButton';
import ListItemText from '@mui/material/ListItemText';
import Typography from '@mui/material/Typography';
import {
  asSentences,
  EmptyState,
  ErrorState,
  LoadingState,
} from '@forkyard/frontend-kit';
import type { RunbookSummary } from '@forkyard/plugin-incidents-common';
import { useRunbooks } from '../../hooks/useRunbooks';
import { StaleNote } from '../StaleNote';

/** Lists the runbooks of the repository. */
export function RunbookList(props: {
  entityRef: string;
  selected?: string;
  onSelect: (path: string) => void;
}) {
  const { entityRef, selected, onSelect } = props;
  const { value, error, refresh } = useRunbooks(entityRef);
  return (
    <section aria-label="Runbooks">
      <Typography variant="h6" component="h2">
        Runbooks
      </Typography>
      {!value && error && (
        <ErrorState
          compact
          title="The runbooks could not be read"
          error={error}
          onRetry={refresh}
        />
      )}
      {!value && !error && <LoadingState label="Loading runbooks" rows={3} />}
      {value && <StaleNote error={error} />}
      {value?.staleReason && (
        <Alert severity="warning" sx={{ overflowWrap: 'anywhere' }}>
          {asSentences(
            `The repository could not be read${value.asOf ? ' again' : ''}: ${value.staleReason}`,
          )}
        </Alert>
      )}
      {value?.asOf && value.items.length === 0 && (
        <EmptyState
          compact
          title="No runbooks yet"
          description={`A Markdown file in the folder ${value.folder} of the repository becomes a runbook here.`}
        />
      )}
      {value && value.items.length > 0 && (
        <List dense disablePadding>
          {value.items.map(runbook => (
            <li key={runbook.path}>
              <ListItemButton
                selected={runbook.path === selected}
                aria-current={runbook.path === selected || undefined}
                onClick={() => onSelect(runbook.path)}
              >
                <ListItemText
                  primary={runbook.title}
                  secondary={describe(runbook)}
                  sx={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}
                />
              </ListItemButton>
            </li>
          ))}
        </List>
      )}
      {value?.leftOut.map(sentence => (
        <Typography
          key={sentence}
          component="p"
          variant="caption"
          color="text.secondary"
          sx={{ overflowWrap: 'anywhere' }}
        >
          {sentence}
        </Typography>
      ))}
    </section>
  );
}

function describe({ steps, problems }: RunbookSummary): string {
  const words = steps === 1 ? '1 step' : `${steps} steps`;
  if (problems === 0) return words;
  return `${words}, ${problems === 1 ? '1 problem' : `${problems} problems`}`;
}
