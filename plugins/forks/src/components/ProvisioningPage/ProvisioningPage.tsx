import { useState } from 'react';
import { useLocation } from 'react-router-dom';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { BreadcrumbEntry } from '@backstage/frontend-plugin-api';
import {
  asSentences,
  ErrorState,
  formatDuration,
  LoadingState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type { Provisioning, StepId } from '@forkyard/plugin-forks-common';
import { useProvisioning } from '../../hooks/useProvisioning';
import {
  describeProvisioning,
  findCurrentStep,
  isOver,
  provisioningStatuses,
} from './describeProvisioning';
import { ProvisioningActions } from './ProvisioningActions';
import { ProvisioningLog } from './ProvisioningLog';
import { ProvisioningOutcome } from './ProvisioningOutcome';
import { StepList } from './StepList';

/** Shows the making of one fork: steps, what exists already, log, way out. */
export function ProvisioningPage({ id }: { id: string }) {
  const { value: provisioning, error, refresh } = useProvisioning(id);
  const { pathname } = useLocation();
  if (!provisioning) {
    return (
      <Box component="main" sx={{ px: { xs: 2, sm: 3 }, pb: 3 }}>
        {error ? (
          <ErrorState
            title="This provisioning could not be loaded"
            lost="It goes on by itself."
            error={error}
            onRetry={refresh}
          />
        ) : (
          <LoadingState label="Loading the provisioning" rows={8} />
        )}
      </Box>
    );
  }
  return (
    <BreadcrumbEntry entry={{ href: pathname, label: provisioning.forkName }}>
      <Stack component="main" spacing={3} sx={{ px: { xs: 2, sm: 3 }, pb: 3 }}>
        {error && (
          <Alert severity="warning">
            {asSentences(
              `What you see may be out of date: ${error.message}`,
              'The provisioning goes on by itself',
            )}
          </Alert>
        )}
        <ProvisioningHeader provisioning={provisioning} />
        <ProvisioningOutcome provisioning={provisioning} />
        <ProvisioningActions provisioning={provisioning} onChanged={refresh} />
        <StepsAndLog provisioning={provisioning} />
      </Stack>
    </BreadcrumbEntry>
  );
}

function ProvisioningHeader({ provisioning }: { provisioning: Provisioning }) {
  const { status, label } = provisioningStatuses[provisioning.state];
  return (
    <Stack component="header" spacing={1}>
      <Typography variant="h4" component="h2" sx={{ m: 0 }}>
        {provisioning.forkName}
      </Typography>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ alignItems: 'center', flexWrap: 'wrap' }}
      >
        <StatusBadge status={status} label={label} size="medium" />
        <Typography role="status">
          {describeProvisioning(provisioning)}
        </Typography>
      </Stack>
      <Typography variant="body2" color="text.secondary">
        Begun <RelativeTime at={provisioning.createdAt} />
        {isOver(provisioning) && `, took ${tookTime(provisioning)}`}
      </Typography>
    </Stack>
  );
}

function tookTime({ createdAt, updatedAt }: Provisioning): string {
  return formatDuration(
    new Date(updatedAt).getTime() - new Date(createdAt).getTime(),
  );
}

/** Keeps the log at the current step until the reader chooses another. */
function StepsAndLog({ provisioning }: { provisioning: Provisioning }) {
  const [chosen, setChosen] = useState<StepId | 'all'>();
  const current = findCurrentStep(provisioning.steps);
  const followed = isOver(provisioning) ? undefined : current?.id;
  const shown = chosen ?? followed ?? 'all';
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 3,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '2fr 3fr' },
      }}
    >
      <StepList
        steps={provisioning.steps}
        current={followed}
        shown={shown}
        onShow={setChosen}
      />
      <ProvisioningLog
        provisioning={provisioning}
        step={shown}
        onStepChange={setChosen}
      />
    </Box>
  );
}
