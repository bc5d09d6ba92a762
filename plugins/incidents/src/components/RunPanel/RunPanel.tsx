import { useApi } from '@backstage/frontend-plugin-api';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type { RunbookRunDetails } from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../../api/incidentsApiRef';
import { useAction } from '../../hooks/useAction';
import { isOver, useRun } from '../../hooks/useRun';
import { personName } from '../../presentation/alertWords';
import { runStatuses } from '../../presentation/runWords';
import { Timeline } from '../Timeline';
import { RunStep } from './RunStep';

/** Follows one run: each step with its state, what it found, who and when. */
export function RunPanel(props: {
  entityRef: string;
  id: string;
  onClose: () => void;
}) {
  const { value: run, error, refresh } = useRun(props.entityRef, props.id);
  if (!run) {
    return error ? (
      <ErrorState
        title="The run could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading the run" rows={4} />
    );
  }
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label={`Run of ${run.runbookTitle}`}
      sx={{ p: 2 }}
    >
      <Stack spacing={2}>
        <RunHead run={run} onChanged={refresh} onClose={props.onClose} />
        <Box
          component="ol"
          aria-label="Steps"
          sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.5 }}
        >
          {run.steps.map(step => (
            <RunStep
              key={step.index}
              run={run}
              step={step}
              onChanged={refresh}
            />
          ))}
        </Box>
        <Typography variant="subtitle2" component="h3">
          What happened
        </Typography>
        <Timeline entries={run.timeline} />
      </Stack>
    </Paper>
  );
}

function RunHead(props: {
  run: RunbookRunDetails;
  onChanged: () => void;
  onClose: () => void;
}) {
  const { run, onChanged, onClose } = props;
  const api = useApi(incidentsApiRef);
  const canceling = useAction(async () => {
    await api.cancelRun({ id: run.id });
    onChanged();
  });
  const { status, label } = runStatuses[run.state];
  return (
    <Stack spacing={1}>
      <Stack
        direction="row"
        spacing={1}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        <Typography variant="subtitle1" component="h2" sx={{ flexGrow: 1 }}>
          {run.runbookTitle}
        </Typography>
        <Box role="status">
          <StatusBadge status={status} label={label} />
        </Box>
        {isOver(run) ? (
          <Button size="small" onClick={onClose}>
            Close the run
          </Button>
        ) : (
          <Button
            size="small"
            disabled={canceling.running}
            onClick={() => canceling.run()}
          >
            Cancel the run
          </Button>
        )}
      </Stack>
      <Typography variant="caption" color="text.secondary">
        Started by {personName(run.startedBy)}{' '}
        <RelativeTime at={run.startedAt} />
        {run.runbookSha && `, version ${run.runbookSha.slice(0, 7)}`}
      </Typography>
      {canceling.error !== undefined && (
        <ErrorState
          compact
          title="The run was not canceled"
          error={canceling.error}
        />
      )}
    </Stack>
  );
}
