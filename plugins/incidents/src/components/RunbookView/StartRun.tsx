import { useApi } from '@backstage/frontend-plugin-api';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  asSentences,
  ErrorState,
  RelativeTime,
  useMay,
  type SignalOrPollResult,
} from '@forkyard/frontend-kit';
import {
  runbookRunPermission,
  type Runbook,
  type RunbookRunDetails,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../../api/incidentsApiRef';
import { useAction } from '../../hooks/useAction';
import type { NamedAlert } from '../../hooks/useNamedAlert';

/** The alert for which a runbook is open, when its address names one. */
export type AlertOfRunbook = Pick<
  SignalOrPollResult<NamedAlert>,
  'value' | 'error'
>;

/** Offers to run a runbook, or says why it cannot be run. */
export function StartRun(props: {
  entityRef: string;
  runbook: Runbook;
  alert?: AlertOfRunbook;
  onStarted: (run: RunbookRunDetails) => void;
  onRefused: () => void;
}) {
  const { entityRef, alert, runbook, onStarted, onRefused } = props;
  const api = useApi(incidentsApiRef);
  const mayRun = useMay(runbookRunPermission, entityRef, { meanwhile: false });
  const starting = useAction(async () => {
    try {
      onStarted(
        await api.startRun({
          entityRef,
          runbookPath: runbook.path,
          runbookHash: runbook.hash,
          alertId: alert?.value?.alert?.id,
        }),
      );
    } catch (error) {
      onRefused();
      throw error;
    }
  });
  const hasSteps = runbook.steps.length > 0;
  // A run that began before its alert is known would belong to none.
  const isFinding = alert && !alert.value && !alert.error;
  return (
    <Stack spacing={1} sx={{ mb: 2 }}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        {hasSteps && mayRun && (
          <Button
            variant="contained"
            disabled={
              starting.running || isFinding || runbook.problems.length > 0
            }
            onClick={() => starting.run()}
          >
            Run this runbook
          </Button>
        )}
        <Typography
          variant="caption"
          color="text.secondary"
          sx={{ overflowWrap: 'anywhere' }}
        >
          {runbook.path}, as of <RelativeTime at={runbook.asOf} />
          {!hasSteps && '. It has no steps to run.'}
          {hasSteps && !mayRun && '. Its owners may run it.'}
        </Typography>
      </Stack>
      {alert && mayRun && hasSteps && <ForAlert alert={alert} />}
      <Problems runbook={runbook} />
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

function ForAlert({ alert: { value, error } }: { alert: AlertOfRunbook }) {
  if (value?.alert) {
    return (
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        A run belongs to the alert "{value.alert.title}".
      </Typography>
    );
  }
  if (!value && !error) return undefined;
  return (
    <Alert severity="info">
      {value
        ? 'The alert of this address is not known here. A run belongs to no alert.'
        : asSentences(
            `The alert of this address could not be loaded: ${error?.message}`,
            'A run belongs to no alert',
          )}
    </Alert>
  );
}

function Problems({ runbook: { problems, path } }: { runbook: Runbook }) {
  if (problems.length === 0) return undefined;
  return (
    <Alert severity="error" sx={{ overflowWrap: 'anywhere' }}>
      It cannot be run until {path} is corrected. Its text can be followed by
      hand.
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {problems.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            {asSentences(`Line ${line}: ${message}`)}
          </li>
        ))}
      </Box>
    </Alert>
  );
}
