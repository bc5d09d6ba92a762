import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { deploymentName } from '../../presentation/deploymentWords';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog } from './ConfirmDialog';
import { Consequences } from './Consequences';

/** Builds a deployment's commit again, after saying what that means. */
export function RedeployDialog(props: {
  deployment: Deployment;
  onDone: () => void;
  onClose: () => void;
}) {
  const { deployment } = props;
  const api = useApi(deploymentsApiRef);
  const toast = useApi(toastApiRef);
  const name = deploymentName(deployment);
  async function redeploy() {
    await api.redeploy({ id: deployment.id });
    toast.post({
      title: `${name} is being built again for ${deployment.environment}`,
      status: 'success',
      timeout: 6_000,
    });
    props.onDone();
  }
  return (
    <ConfirmDialog
      title={`Redeploy ${name}?`}
      confirmLabel={`Redeploy ${name}`}
      onConfirm={redeploy}
      onClose={props.onClose}
    >
      <CommitLine deployment={deployment} />
      <Consequences
        items={[
          {
            term: 'What will happen',
            description:
              'The same commit is built again, with the environment variables of now.',
          },
          {
            term: 'To what',
            description:
              deployment.environment === 'production'
                ? 'A new production deployment. It takes the traffic as soon as it is ready; until then nothing changes.'
                : `A new deployment in ${deployment.environment}. Production is not touched.`,
          },
          {
            term: 'What it will not undo',
            description: 'Database migrations and data stay as they are.',
          },
        ]}
      />
    </ConfirmDialog>
  );
}
