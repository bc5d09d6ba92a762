import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import Typography from '@mui/material/Typography';
import {
  EmptyState,
  ErrorState,
  LoadingState,
  RelativeTime,
} from '@forkyard/frontend-kit';
import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { useChange } from '../../hooks/useChange';
import { deploymentName } from '../../presentation/deploymentWords';
import { describeServing } from '../../presentation/promoteWords';
import { strategyWords } from '../../presentation/rolloutWords';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog, Consequences } from '../DeploymentActions';
import { useRollbackTarget } from './useRollbackTarget';

/** Takes all traffic back to the version that was live before, after saying to which and what stays. */
export function RollbackDialog(props: {
  entityRef: string;
  environment: EnvironmentStatus;
  live: Deployment;
  onDone: () => void;
  onClose: () => void;
}) {
  const { live } = props;
  const { environment, rollout } = props.environment;
  const api = useApi(deploymentsApiRef);
  const toast = useApi(toastApiRef);
  const target = useRollbackTarget(props);
  const changed = useChange(describeServing(props.environment));
  const to = target.value;
  const name = to && deploymentName(to);
  async function rollBack() {
    if (!to) return;
    await api.rollbackToDeployment({ id: to.id });
    toast.post({
      title: `All traffic of ${environment} goes back to ${name}`,
      status: 'success',
      timeout: 6_000,
    });
    props.onDone();
  }
  return (
    <ConfirmDialog
      title={`Roll back ${environment}?`}
      confirmLabel={name ? `Roll back to ${name}` : 'Roll back'}
      incomplete={!to}
      changed={changed}
      onConfirm={rollBack}
      onClose={props.onClose}
    >
      {!to && !target.error && (
        <LoadingState label="Looking for the version before" rows={2} />
      )}
      {target.nothingLeft && (
        <EmptyState
          compact
          title="There is nothing to roll back to"
          description={target.nothingLeft}
        />
      )}
      {target.error && !target.nothingLeft && (
        <ErrorState
          compact
          title="The version before could not be found"
          error={target.error}
          lost="The traffic is where it was."
          onRetry={target.refresh}
        />
      )}
      {to && (
        <>
          <CommitLine deployment={to} />
          {to.liveSince && (
            <Typography variant="body2" color="text.secondary">
              It went live last <RelativeTime at={to.liveSince} />.
            </Typography>
          )}
          <Consequences
            items={[
              {
                term: 'What will happen',
                description: `All traffic of ${environment} goes to ${name} within seconds, without a new build and without a rollout.${
                  rollout
                    ? ` The ${strategyWords[rollout.strategy].toLocaleLowerCase('en')} that runs now ends.`
                    : ''
                }`,
              },
              {
                term: 'What it replaces',
                description: <CommitLine deployment={live} />,
              },
              {
                term: 'What it will not undo',
                description:
                  'Environment variables stay as the older build found them. Schema migrations and data stay as the newer version left them. Scheduled jobs (cron) stay as they are.',
              },
              {
                term: 'What holds afterwards',
                description:
                  'Production is pinned: new pushes are built but get no traffic until you release it.',
              },
            ]}
          />
        </>
      )}
    </ConfirmDialog>
  );
}
