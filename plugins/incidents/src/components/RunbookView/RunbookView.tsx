import { useRef } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { asSentences, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import type {
  RunbookRunDetails,
  RunbookStep,
} from '@forkyard/plugin-incidents-common';
import { useHeadingOfAddress } from '../../hooks/useHeadingOfAddress';
import { useRunbook } from '../../hooks/useRunbooks';
import { describeStep } from '../../presentation/runWords';
import { StaleNote } from '../StaleNote';
import { RunbookText } from './RunbookText';
import { StartRun, type AlertOfRunbook } from './StartRun';

/** Shows a runbook as it is in the repository, its steps where they stand. */
export function RunbookView(props: {
  entityRef: string;
  path: string;
  /** Of the address, when it names one. */
  alert?: AlertOfRunbook;
  onStarted: (run: RunbookRunDetails) => void;
}) {
  const { entityRef, path } = props;
  const { value: runbook, error, refresh } = useRunbook(entityRef, path);
  const article = useRef<HTMLElement>(null);
  useHeadingOfAddress(article, runbook?.path);
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
    <Box
      ref={article}
      component="article"
      aria-label={runbook.title}
      sx={{ minWidth: 0 }}
    >
      <StaleNote error={error} />
      <StartRun {...props} runbook={runbook} onRefused={refresh} />
      {runbook.staleReason && (
        <Alert severity="warning" sx={{ my: 1, overflowWrap: 'anywhere' }}>
          {asSentences(
            `The repository could not be read again: ${runbook.staleReason}`,
          )}
        </Alert>
      )}
      {runbook.parts.map((part, position) =>
        part.kind === 'text' ? (
          <RunbookText
            // The parts of one version of a file do not move.
            key={`text ${position}`}
            markdown={part.markdown}
            path={runbook.path}
          />
        ) : (
          <StepInText
            key={`step ${part.index}`}
            step={runbook.steps[part.index]}
            path={runbook.path}
          />
        ),
      )}
    </Box>
  );
}

function StepInText({ step, path }: { step: RunbookStep; path: string }) {
  const name = `Step ${step.index + 1}`;
  const text = step.spec
    ? describeStep(step.spec)
    : asSentences(`It is broken: ${path}, line ${step.line}: ${step.problem}`);
  return (
    <Box
      sx={{
        my: 1.5,
        p: 1.5,
        border: 1,
        borderColor: step.spec ? 'divider' : 'error.main',
        borderRadius: 1,
        overflowWrap: 'anywhere',
      }}
    >
      <Typography variant="body2" sx={{ fontWeight: 600 }}>
        {name === step.title ? name : `${name}: ${step.title}`}
      </Typography>
      {text !== step.title && <Typography variant="body2">{text}</Typography>}
    </Box>
  );
}
