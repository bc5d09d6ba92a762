import Typography from '@mui/material/Typography';
import type {
  Deployment,
  EnvironmentStatus,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import { useMoveTraffic } from '../../hooks/useMoveTraffic';
import { deploymentName } from '../../presentation/deploymentWords';
import { trafficWords } from '../../presentation/trafficWords';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog } from './ConfirmDialog';
import { Consequences } from './Consequences';

/** Sends production's traffic to a deployment, at once or by a rollout, after saying what that means. */
export function PromoteDialog(props: {
  deployment: Deployment;
  production?: EnvironmentStatus;
  /** How production is rolled out, when that is known. */
  plan?: RolloutPlan;
  onDone: () => void;
  /** Leads to the rollout that this began. */
  onRollout: (id: string) => void;
  onClose: () => void;
}) {
  const { deployment, production, plan } = props;
  const move = useMoveTraffic(deployment.entityRef);
  const name = deploymentName(deployment);
  const replaced = production?.live;
  async function promote() {
    const environment = 'production';
    const rolloutId = await move({ deployment, environment, plan });
    props.onDone();
    if (rolloutId) props.onRollout(rolloutId);
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
            description: trafficWords({
              plan,
              environment: 'production',
              name,
              builtFor: deployment.environment,
            }),
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
          ? `To go back, roll production back to ${deploymentName(replaced)}.`
          : 'To go back, promote another deployment.'}
      </Typography>
    </ConfirmDialog>
  );
}
