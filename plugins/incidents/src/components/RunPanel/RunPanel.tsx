import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  ConfirmDialog,
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
  useMay,
} from '@forkyard/frontend-kit';
import {
  runbookRunPermission,
  type RunbookRunDetails,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../../api/incidentsApiRef';
import { isOver, useRun } from '../../hooks/useRun';
import { personName } from '../../presentation/alertWords';
import { runStatuses } from '../../presentation/runWords';
import { StaleNote } from '../StaleNote';
import { Timeline } from '../Timeline';
import { RunStep } from './RunStep';

/** Follows one run: each step with its state, what it found, who and when. */
export function RunPanel(props: {
  entityRef: string;
  id: string;
  onClose: () => void;
}) {
  const { value: run, error, refresh } = useRun(props.entityRef, props.id);
  const mayRun = useMay(runbookRunPermission, props.entityRef, {
    meanwhile: false,
  });
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
        <StaleNote error={error} />
        <RunHead
          run={run}
          mayRun={mayRun}
          onChanged={refresh}
          onClose={props.onClose}
        />
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
              mayRun={mayRun}
              onChanged={refresh}
            />
          ))}
        </Box>
        <Typography variant="subtitle2" component="h3">
          What happened
        </Typography>
        <Timeline run={run} />
      </Stack>
    </Paper>
  );
}

function RunHead(props: {
  run: RunbookRunDetails;
  mayRun: boolean;
  onChanged: () => void;
  onClose: () => void;
}) {
  const { run, mayRun, onChanged, onClose } = props;
  const { status, label } = runStatuses[run.state];
  return (
    <Stack spacing={1}>
      <Stack
        direction="row"
        spacing={1}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        <Typography
          variant="subtitle1"
          component="h2"
          sx={{ flex: '1 1 200px', minWidth: 0, overflowWrap: 'anywhere' }}
        >
          {run.runbookTitle}
        </Typography>
        <Box role="status">
          <StatusBadge status={status} label={label} />
        </Box>
        {mayRun && !isOver(run) && <StopRun run={run} onChanged={onChanged} />}
        <Button size="small" onClick={onClose}>
          Close
        </Button>
      </Stack>
      <Typography variant="caption" color="text.secondary">
        Started by {personName(run.startedBy)}{' '}
        <RelativeTime at={run.startedAt} />
        {run.runbookSha && `, version ${run.runbookSha.slice(0, 7)}`}
      </Typography>
    </Stack>
  );
}

function StopRun(props: { run: RunbookRunDetails; onChanged: () => void }) {
  const { run, onChanged } = props;
  const api = useApi(incidentsApiRef);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)}>
        Stop the run
      </Button>
      <ConfirmDialog
        open={asking}
        title={`Stop the run of "${run.runbookTitle}"?`}
        confirmLabel="Stop the run"
        failureTitle="The run was not stopped"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          try {
            await api.cancelRun({ id: run.id });
          } finally {
            onChanged();
          }
        }}
      >
        <Typography variant="body2">
          Steps that are done stay done, and a deployment or a rollback that was
          begun goes on. The run cannot be continued; another one can be begun.
        </Typography>
      </ConfirmDialog>
    </>
  );
}
