import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  ConfirmDialog,
  ErrorState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type {
  RunbookRun,
  RunbookRunStep,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../../api/incidentsApiRef';
import { useAction } from '../../hooks/useAction';
import { personName } from '../../presentation/alertWords';
import {
  actionLabel,
  describeOutput,
  describeStep,
  stepStatuses,
} from '../../presentation/runWords';
import { RunText } from '../RunText';

type StepProps = {
  run: RunbookRun;
  step: RunbookRunStep;
  mayRun: boolean;
  onChanged: () => void;
};

/** Shows one step of a run, and what the reader is asked for. */
export function RunStep(props: StepProps) {
  const { run, step, mayRun } = props;
  const { status, label } = stepStatuses[step.state];
  // The title of a question is often the question.
  const does = describeStep(step.input);
  const found = describeOutput(step);
  const waits = step.state === 'waiting' && run.state === 'waiting';
  return (
    <Box component="li" aria-current={waits ? 'step' : undefined}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
        <Typography
          variant="body2"
          sx={{
            fontWeight: 600,
            flex: '1 1 200px',
            minWidth: 0,
            overflowWrap: 'anywhere',
          }}
        >
          {step.index + 1}. {step.title}
        </Typography>
        <StatusBadge status={status} label={label} />
      </Stack>
      {does !== step.title && (
        <Typography
          variant="body2"
          color="text.secondary"
          sx={{ overflowWrap: 'anywhere' }}
        >
          {does}
        </Typography>
      )}
      {found && (
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          <RunText run={run} text={found} />
        </Typography>
      )}
      {step.endedAt && (
        <Typography variant="caption" color="text.secondary">
          {step.by && `${personName(step.by)}, `}
          <RelativeTime at={step.endedAt} />
        </Typography>
      )}
      {step.state === 'running' && (
        <LinearProgress aria-label={`${step.title} is running`} />
      )}
      {waits && !mayRun && (
        <Typography variant="body2">
          It waits for somebody who may run this runbook.
        </Typography>
      )}
      {waits &&
        mayRun &&
        (step.input.type === 'ask' ? (
          <Answers {...props} options={step.input.options} />
        ) : (
          <Act {...props} />
        ))}
    </Box>
  );
}

function Answers({
  run,
  step,
  options,
  onChanged,
}: StepProps & { options: string[] }) {
  const api = useApi(incidentsApiRef);
  const answering = useAction(async (answer: string) => {
    try {
      await api.continueRun({ id: run.id, stepIndex: step.index, answer });
    } finally {
      onChanged();
    }
  });
  return (
    <>
      <Stack
        direction="row"
        spacing={1}
        useFlexGap
        role="group"
        aria-label={`Answers to step ${step.index + 1}`}
        sx={{ flexWrap: 'wrap', mt: 1 }}
      >
        {options.map(option => (
          <Button
            key={option}
            size="small"
            variant="outlined"
            sx={{ overflowWrap: 'anywhere' }}
            disabled={answering.running}
            onClick={() => answering.run(option)}
          >
            {option}
          </Button>
        ))}
      </Stack>
      {answering.error !== undefined && (
        <ErrorState
          compact
          title="The answer was not taken"
          error={answering.error}
        />
      )}
    </>
  );
}

function Act({ run, step, onChanged }: StepProps) {
  const api = useApi(incidentsApiRef);
  const [asking, setAsking] = useState(false);
  const label = actionLabel(step.input) ?? 'Continue';
  return (
    <>
      <Button
        size="small"
        variant="contained"
        sx={{ mt: 1 }}
        onClick={() => setAsking(true)}
      >
        {label}
      </Button>
      <ConfirmDialog
        open={asking}
        title={`${label}?`}
        confirmLabel={label}
        failureTitle={`Could not ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          try {
            await api.continueRun({ id: run.id, stepIndex: step.index });
          } finally {
            onChanged();
          }
        }}
      >
        <Typography variant="body2">{describeStep(step.input)}</Typography>
        {step.output.versions && step.output.message && (
          <Typography variant="body2" sx={{ mt: 1 }}>
            <RunText run={run} text={`${step.output.message}.`} />
          </Typography>
        )}
        {step.input.type === 'rollback' && (
          <Typography variant="body2" sx={{ mt: 1 }}>
            It does not undo changes of environment variables, schema migrations
            or cron jobs. Later pushes take no traffic until a deployment is
            promoted.
          </Typography>
        )}
      </ConfirmDialog>
    </>
  );
}
