import { MarkdownContent } from '@backstage/core-components';
import { useApi } from '@backstage/frontend-plugin-api';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  asSentences,
  ErrorState,
  LoadingState,
  RelativeTime,
  useMay,
} from '@forkyard/frontend-kit';
import {
  runbookRunPermission,
  type Runbook,
  type RunbookRunDetails,
  type RunbookStep,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../../api/incidentsApiRef';
import { useAction } from '../../hooks/useAction';
import { useRunbook } from '../../hooks/useRunbooks';
import { describeStep } from '../../presentation/runWords';

/** Shows a runbook as it is in the repository, its steps where they stand. */
export function RunbookView(props: {
  entityRef: string;
  path: string;
  alertId?: string;
  onStarted: (run: RunbookRunDetails) => void;
}) {
  const { entityRef, path } = props;
  const { value: runbook, error, refresh } = useRunbook(entityRef, path);
  if (!runbook) {
    return error ? (
      <ErrorState
        title={`The runbook ${path} could not be read`}
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading the runbook" rows={6} />
    );
  }
  return (
    <Box component="article" aria-label={runbook.title} sx={{ minWidth: 0 }}>
      <StartRun {...props} runbook={runbook} onRefused={refresh} />
      {runbook.staleReason && (
        <Alert severity="warning" sx={{ my: 1 }}>
          {asSentences(
            `The repository could not be read again: ${runbook.staleReason}`,
          )}
        </Alert>
      )}
      {runbook.parts.map((part, position) =>
        part.kind === 'text' ? (
          <MarkdownContent
            // The parts of one version of a file do not move.
            key={`text ${position}`}
            content={part.markdown}
            dialect="gfm"
          />
        ) : (
          <StepInText
            key={`step ${part.index}`}
            step={runbook.steps[part.index]}
            path={path}
          />
        ),
      )}
    </Box>
  );
}

function StartRun(props: {
  entityRef: string;
  alertId?: string;
  runbook: Runbook;
  onStarted: (run: RunbookRunDetails) => void;
  onRefused: () => void;
}) {
  const { entityRef, alertId, runbook, onStarted, onRefused } = props;
  const api = useApi(incidentsApiRef);
  const mayRun = useMay(runbookRunPermission, entityRef, { meanwhile: false });
  const broken = runbook.steps.filter(({ spec }) => !spec).length;
  const starting = useAction(async () => {
    try {
      onStarted(
        await api.startRun({
          entityRef,
          runbookPath: runbook.path,
          runbookHash: runbook.hash,
          alertId,
        }),
      );
    } catch (error) {
      onRefused();
      throw error;
    }
  });
  return (
    <Stack spacing={1} sx={{ mb: 2 }}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        {runbook.steps.length > 0 && mayRun && (
          <Button
            variant="contained"
            disabled={starting.running || broken > 0}
            onClick={() => starting.run()}
          >
            Run this runbook
          </Button>
        )}
        <Typography variant="caption" color="text.secondary">
          {runbook.path}, as of <RelativeTime at={runbook.asOf} />
          {runbook.steps.length === 0 && '. It has no steps to run.'}
          {!mayRun && '. Its owners may run it.'}
        </Typography>
      </Stack>
      {broken > 0 && (
        <Alert severity="error">
          {broken === 1 ? 'One step is' : `${broken} steps are`} broken, so it
          cannot be run. Its text can be followed by hand.
        </Alert>
      )}
      {starting.error !== undefined && (
        <ErrorState
          compact
          title="The runbook was not started"
          error={starting.error}
        />
      )}
    </Stack>
  );
}

function StepInText({ step, path }: { step: RunbookStep; path: string }) {
  return (
    <Box
      sx={{
        my: 1.5,
        p: 1.5,
        border: 1,
        borderColor: step.spec ? 'divider' : 'error.main',
        borderRadius: 1,
      }}
    >
      <Typography variant="body2" sx={{ fontWeight: 600 }}>
        Step {step.index + 1}: {step.title}
      </Typography>
      <Typography variant="body2" color={step.spec ? undefined : 'error'}>
        {step.spec
          ? describeStep(step.spec)
          : asSentences(`${path}, line ${step.line}: ${step.problem}`)}
      </Typography>
    </Box>
  );
}
