import type { ReactNode } from 'react';
import Typography from '@mui/material/Typography';
import type {
  Deployment,
  EnvironmentStatus,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import { useChange } from '../../hooks/useChange';
import { useMoveTraffic } from '../../hooks/useMoveTraffic';
import {
  deploymentName,
  environmentTitle,
} from '../../presentation/deploymentWords';
import {
  describePromotable,
  describeWayBack,
  refusalOfPromote,
} from '../../presentation/promoteWords';
import { trafficWords } from '../../presentation/trafficWords';
import { CommitLine } from '../CommitLine';
import { ApprovalNote } from './ApprovalNote';
import { ConfirmDialog } from './ConfirmDialog';
import { Consequences } from './Consequences';
import { PromoteWarning } from './PromoteWarning';

/** Leads a deployment to an environment, at once, by a build or by a rollout, after saying what that means. */
export function PromoteDialog(props: {
  deployment: Deployment;
  /** Where it is to go. */
  environment: string;
  /** What serves there now. */
  serving?: EnvironmentStatus;
  /** How the environment is rolled out, when that is known. */
  plan?: RolloutPlan;
  /** Lets another environment be chosen. */
  choice?: ReactNode;
  onDone: () => void;
  /** Leads to the rollout that this began. */
  onRollout: (id: string) => void;
  onClose: () => void;
}) {
  const { deployment, environment, serving, plan } = props;
  const move = useMoveTraffic(deployment.entityRef);
  const name = deploymentName(deployment);
  const replaced = serving?.live;
  const isProduction = environment === 'production';
  const changed = useChange(
    describePromotable(deployment, serving),
    environment,
  );
  async function promote() {
    const rolloutId = await move({ deployment, environment, plan });
    props.onDone();
    if (rolloutId) props.onRollout(rolloutId);
  }
  return (
    <ConfirmDialog
      title={`Promote ${name} to ${environment}?`}
      confirmLabel={`Promote ${name} to ${environment}`}
      changed={changed}
      refusal={refusalOfPromote(deployment, serving)}
      onConfirm={promote}
      onClose={props.onClose}
    >
      <CommitLine deployment={deployment} />
      {props.choice}
      <PromoteWarning deployment={deployment} serving={serving} />
      <ApprovalNote
        deployment={deployment}
        environment={environment}
        plan={plan}
      />
      <Consequences
        items={[
          {
            term: 'What will happen',
            description: trafficWords({
              plan,
              environment,
              name,
              builtFor: deployment.environment,
            }),
          },
          {
            term: 'To what',
            description:
              serving?.url ??
              (isProduction
                ? 'The production domains of the project'
                : `${environmentTitle(environment)}, which is made when it is not there yet. Production is not touched.`),
          },
          {
            term: 'What it replaces',
            description: replaced ? (
              <CommitLine deployment={replaced} />
            ) : (
              `Nothing serves in ${environment} now.`
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
        {describeWayBack(deployment, serving)}
      </Typography>
    </ConfirmDialog>
  );
}
