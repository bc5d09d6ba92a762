import { useId } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import CloseIcon from '@mui/icons-material/Close';
import { ErrorState, LogView, StatusBadge } from '@forkyard/frontend-kit';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import { useBuildLog } from '../../hooks/useBuildLog';
import {
  deploymentName,
  describeState,
} from '../../presentation/deploymentWords';
import { CommitLine } from '../CommitLine';

/** Shows a deployment's build log beside the page, and follows it. */
export function BuildLogDrawer(props: {
  deployment: Deployment;
  onClose: () => void;
}) {
  const titleId = useId();
  return (
    <Drawer
      open
      anchor="right"
      onClose={props.onClose}
      PaperProps={{
        role: 'dialog',
        'aria-labelledby': titleId,
        sx: { width: { xs: '100%', sm: 720 }, maxWidth: '100%', p: 2 },
      }}
    >
      <Stack spacing={2}>
        <Stack direction="row" sx={{ alignItems: 'center' }}>
          <Typography id={titleId} variant="h2" sx={{ m: 0, flexGrow: 1 }}>
            Build log of {deploymentName(props.deployment)}
          </Typography>
          <IconButton aria-label="Close the build log" onClick={props.onClose}>
            <CloseIcon />
          </IconButton>
        </Stack>
        <Stack
          direction="row"
          spacing={2}
          useFlexGap
          sx={{ alignItems: 'center', flexWrap: 'wrap' }}
        >
          <StatusBadge {...describeState(props.deployment)} />
          <CommitLine deployment={props.deployment} />
        </Stack>
        {props.deployment.errorMessage && (
          <Alert severity="error">{props.deployment.errorMessage}</Alert>
        )}
        <BuildLogBody key={props.deployment.id} deployment={props.deployment} />
      </Stack>
    </Drawer>
  );
}

function BuildLogBody(props: { deployment: Deployment }) {
  const log = useBuildLog(props.deployment.id);
  return (
    <Box>
      {log.error && (
        <ErrorState
          compact
          title="The build log broke off"
          error={log.error}
          lost="The lines below were read before; the log itself is safe at the provider."
          onRetry={log.retry}
        />
      )}
      <LogView
        label={`Build log of ${deploymentName(props.deployment)}`}
        lines={log.lines}
        live={log.live}
        maxHeight={Math.max(320, window.innerHeight - 260)}
        emptyText={
          log.live ? 'Waiting for the first line.' : 'The provider has no log.'
        }
      />
    </Box>
  );
}
