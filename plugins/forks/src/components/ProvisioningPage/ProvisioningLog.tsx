import { useMemo } from 'react';
import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { ErrorState, LogView } from '@forkyard/frontend-kit';
import {
  provisioningSteps,
  type Provisioning,
  type StepId,
} from '@forkyard/plugin-forks-common';
import { useProvisioningLog } from '../../hooks/useProvisioning';
import { stepTitles } from './describeProvisioning';

/** Shows the log of one step or of all, following it while it grows. */
export function ProvisioningLog(props: {
  provisioning: Provisioning;
  step: StepId | 'all';
  onStepChange: (step: StepId | 'all') => void;
}) {
  const { provisioning, step, onStepChange } = props;
  const { value, error, refresh } = useProvisioningLog(
    provisioning.id,
    provisioning.state,
  );
  const lines = useMemo(
    () =>
      (value ?? [])
        .filter(line => step === 'all' || line.step === step)
        .map(({ sequence, at, level, message }) => ({
          sequence,
          at,
          level,
          text: message,
        })),
    [value, step],
  );
  const label =
    step === 'all' ? 'Log of all steps' : `Log of ${stepTitles[step].name}`;
  return (
    <Stack
      component="section"
      aria-label="Log"
      spacing={1}
      sx={{ minWidth: 0 }}
    >
      <Stack direction="row" spacing={2} sx={{ alignItems: 'center' }}>
        <Typography variant="h6" component="h3" sx={{ m: 0 }}>
          Log
        </Typography>
        <TextField
          select
          size="small"
          label="Step"
          value={step}
          onChange={event =>
            onStepChange(
              provisioningSteps.find(id => id === event.target.value) ?? 'all',
            )
          }
          sx={{ minWidth: 160 }}
        >
          <MenuItem value="all">All steps</MenuItem>
          {provisioningSteps.map(id => (
            <MenuItem key={id} value={id}>
              {stepTitles[id].name}
            </MenuItem>
          ))}
        </TextField>
      </Stack>
      {error && (
        <ErrorState
          compact
          title="The log could not be loaded"
          lost="It is kept, and the provisioning goes on by itself."
          error={error}
          onRetry={refresh}
        />
      )}
      {/* Who searches in a log has chosen it: the next step does not replace it. */}
      <Box onChange={() => onStepChange(step)}>
        <LogView
          key={step}
          label={label}
          lines={lines}
          live={['running', 'unwinding'].includes(provisioning.state)}
          emptyText={
            value
              ? 'This step has written nothing yet.'
              : 'The log is on its way.'
          }
        />
      </Box>
    </Stack>
  );
}
