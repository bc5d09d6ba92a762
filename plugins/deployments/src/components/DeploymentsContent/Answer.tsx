import { useApi } from '@backstage/frontend-plugin-api';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { StatusBadge } from '@forkyard/frontend-kit';
import type { EntityDeploymentStatus } from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { mainEnvironment } from '../../presentation/environmentSummary';
import { describeEnvironment } from '../EnvironmentColumns';
import { StaleNote } from '../StaleNote';

/** The first line of the tab: how is it, and how old is that knowledge. */
export function Answer(props: {
  entityRef: string;
  status: EntityDeploymentStatus;
  error?: Error;
  onAsked: () => void;
}) {
  const { entityRef, status, error } = props;
  const api = useApi(deploymentsApiRef);
  const main = mainEnvironment(status);
  const summary = main && describeEnvironment(main);
  async function askAgain() {
    await api.reconcileEntity({ entityRef });
    props.onAsked();
  }
  return (
    <Stack spacing={1}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
        role="status"
      >
        <StatusBadge
          size="medium"
          status={summary?.status ?? 'unknown'}
          label={summary?.label}
        />
        <Typography>
          {summary?.sentence ?? 'Nothing has been deployed yet.'}
        </Typography>
      </Stack>
      <StaleNote status={status} error={error} onAskAgain={askAgain} />
    </Stack>
  );
}
