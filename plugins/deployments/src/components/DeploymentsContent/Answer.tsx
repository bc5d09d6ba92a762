import { useApi } from '@backstage/frontend-plugin-api';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { StatusBadge } from '@forkyard/frontend-kit';
import type { EntityDeploymentStatus } from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { mainEnvironment } from '../../presentation/environmentSummary';
import type { FiringAlerts } from '../../presentation/firingWords';
import { describeEnvironment } from '../EnvironmentColumns';
import { FiringNote } from '../FiringNote';
import { StaleNote } from '../StaleNote';

/** The first line of the tab: how is it, what fires, and how old is that knowledge. */
export function Answer(props: {
  entityRef: string;
  status: EntityDeploymentStatus;
  firing?: FiringAlerts;
  error?: Error;
  onAsked: () => void;
}) {
  const { entityRef, status, firing, error } = props;
  const api = useApi(deploymentsApiRef);
  const main = mainEnvironment(status);
  const summary = main && describeEnvironment(main, firing);
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
        {firing && <FiringNote firing={firing} />}
      </Stack>
      <StaleNote status={status} error={error} onAskAgain={askAgain} />
    </Stack>
  );
}
