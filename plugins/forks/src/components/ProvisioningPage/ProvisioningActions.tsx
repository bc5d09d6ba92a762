import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useApi } from '@backstage/frontend-plugin-api';
import { ConfirmDialog } from '@forkyard/frontend-kit';
import type { Provisioning } from '@forkyard/plugin-forks-common';
import { forksApiRef } from '../../api/forksApiRef';
import {
  existingResources,
  findCurrentStep,
  stepTitles,
} from './describeProvisioning';

/** Offers the ways on from a provisioning that stands still. */
export function ProvisioningActions(props: {
  provisioning: Provisioning;
  onChanged: () => void;
}) {
  const { provisioning, onChanged } = props;
  const forksApi = useApi(forksApiRef);
  const [asking, setAsking] = useState<'resume' | 'unwind'>();
  const { id, forkName, state } = provisioning;
  if (state !== 'failed' && state !== 'waiting') return null;

  async function resume() {
    if (state === 'waiting') {
      await forksApi.advanceProvisioning({ id, through: 'registration' });
    } else {
      await forksApi.resumeProvisioning({ id });
    }
    onChanged();
  }

  async function unwind() {
    await forksApi.unwindProvisioning({ id });
    onChanged();
  }

  return (
    <Stack direction="row" spacing={1}>
      <Button variant="contained" onClick={() => setAsking('resume')}>
        Resume {forkName}
      </Button>
      <Button
        variant="outlined"
        color="error"
        onClick={() => setAsking('unwind')}
      >
        Unwind {forkName}
      </Button>
      <ConfirmDialog
        open={asking === 'resume'}
        title={`Resume ${forkName}?`}
        confirmLabel={`Resume ${forkName}`}
        failureTitle={`${forkName} was not resumed`}
        onConfirm={resume}
        onClose={() => setAsking(undefined)}
      >
        <ResumeText provisioning={provisioning} />
      </ConfirmDialog>
      <ConfirmDialog
        destructive
        open={asking === 'unwind'}
        title={`Unwind ${forkName}?`}
        confirmLabel={`Unwind ${forkName}`}
        failureTitle={`${forkName} was not unwound`}
        onConfirm={unwind}
        onClose={() => setAsking(undefined)}
      >
        <UnwindText provisioning={provisioning} />
      </ConfirmDialog>
    </Stack>
  );
}

function ResumeText({ provisioning }: { provisioning: Provisioning }) {
  const { steps, state } = provisioning;
  const next =
    state === 'waiting'
      ? steps.find(step => step.state === 'pending')
      : findCurrentStep(steps);
  return (
    <Typography>
      {next
        ? `Goes on with the step ${stepTitles[next.id].name.toLowerCase()}. `
        : ''}
      What exists already is found and used, nothing is created twice.
    </Typography>
  );
}

function UnwindText({ provisioning }: { provisioning: Provisioning }) {
  const resources = existingResources(provisioning).reverse();
  if (resources.length === 0) {
    return (
      <Typography>Nothing was created yet; the name becomes free.</Typography>
    );
  }
  return (
    <>
      <Typography>Removes, in this order:</Typography>
      <Box component="ol" sx={{ my: 1 }}>
        {resources.map(({ kind, name }) => (
          <li key={`${kind} ${name}`}>
            {kind} {name}
          </li>
        ))}
      </Box>
      <Typography>
        What is stored there is lost, and this cannot be taken back. A
        repository that somebody has worked in since is archived instead.
      </Typography>
    </>
  );
}
