import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import Typography from '@mui/material/Typography';
import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { deploymentName } from '../../presentation/deploymentWords';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog } from './ConfirmDialog';
import { Consequences } from './Consequences';

/** Sends production's traffic to a deployment, after saying what that means. */
export function PromoteDialog(props: {
  deployment: Deployment;
  production?: EnvironmentStatus;
  onDone: () => void;
  onClose: () => void;
}) {
  const { deployment, production } = props;
  const api = useApi(deploymentsApiRef);
  const toast = useApi(toastApiRef);
  const name = deploymentName(deployment);
  const replaced = production?.live;
  async function promote() {
    await api.promoteDeployment({ id: deployment.id });
    toast.post({
      title: `Production's traffic moves to ${name}`,
      status: 'success',
      timeout: 6_000,
    });
    props.onDone();
  }
  return (
    <ConfirmDialog
      title={`Promote ${name} to production?`}
      confirmLabel={`Promote ${name} to production`}
      onConfirm={promote}
      onClose={props.onClose}
    >
      <CommitLine deployment={deployment} />
      <Consequences
        items={[
          {
            term: 'What will happen',
            description:
              'All traffic of production goes to this build within a few seconds. It is not built again.',
          },
          {
            term: 'To what',
            description:
              production?.url ?? 'The production domains of the project',
          },
          {
            term: 'What it replaces',
            description: replaced ? (
              <CommitLine deployment={replaced} />
            ) : (
              'Nothing serves in production now.'
            ),
          },
          {
            term: 'What it will not undo',
            description:
              'Database migrations and data written since then stay. Environment variables and scheduled jobs stay as the build found them.',
          },
        ]}
      />
      <Typography variant="body2" color="text.secondary">
        {replaced
          ? `To go back, promote ${deploymentName(replaced)} again.`
          : 'To go back, promote another deployment.'}
      </Typography>
    </ConfirmDialog>
  );
}
