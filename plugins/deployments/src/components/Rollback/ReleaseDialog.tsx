import { useApi } from '@backstage/frontend-plugin-api';
import {
  EmptyState,
  ErrorState,
  LoadingState,
  useSignalOrPoll,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type Deployment,
  type EnvironmentStatus,
  type RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { useChange } from '../../hooks/useChange';
import { useMoveTraffic } from '../../hooks/useMoveTraffic';
import { deploymentName } from '../../presentation/deploymentWords';
import { judgePin, type Pin } from '../../presentation/pin';
import { describeServing } from '../../presentation/promoteWords';
import { findTakenBack } from '../../presentation/takenBack';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog, Consequences } from '../DeploymentActions';
import { trafficWords } from '../../presentation/trafficWords';
import { TakenBackAlert } from '../TakenBack';

/** Why nothing is left to release. */
const refusals: Record<Pin, string | undefined> = {
  held: undefined,
  ending: 'A rollout runs already; its promotion ends the hold.',
  none: 'The rollback holds nothing any more.',
};

/** Ends the hold of a rollback: the newest ready version gets the traffic, as the environment's plan says. */
export function ReleaseDialog(props: {
  entityRef: string;
  environment: EnvironmentStatus;
  plan?: RolloutPlan;
  onDone: () => void;
  onRollout: (id: string) => void;
  onClose: () => void;
}) {
  const { entityRef, plan } = props;
  const { environment, live } = props.environment;
  const api = useApi(deploymentsApiRef);
  const move = useMoveTraffic(entityRef);
  const newest = useSignalOrPoll<{ deployment?: Deployment }>({
    channel: deploymentsSignalChannel(entityRef),
    key: `${entityRef} ${environment}`,
    load: async signal => {
      const { items } = await api.listDeployments(
        { entityRef, environment, states: ['ready'], limit: 1 },
        { signal },
      );
      return { deployment: items[0] };
    },
    pollMs: () => false,
  });
  const changed = useChange(describeServing(props.environment));
  const deployment = newest.value?.deployment;
  const takenBack = deployment && findTakenBack(deployment, props.environment);
  const name = deployment && deploymentName(deployment);
  async function release() {
    if (!deployment) return;
    const rolloutId = await move({ deployment, environment, plan });
    props.onDone();
    if (rolloutId) props.onRollout(rolloutId);
  }
  return (
    <ConfirmDialog
      title={`Release ${environment} from its rollback?`}
      confirmLabel={name ? `Release ${environment} to ${name}` : 'Release'}
      incomplete={!deployment}
      changed={changed}
      refusal={refusals[judgePin(props.environment)]}
      onConfirm={release}
      onClose={props.onClose}
    >
      {newest.loading && (
        <LoadingState label="Looking for the newest version" rows={2} />
      )}
      {newest.error && (
        <ErrorState
          compact
          title="The newest version could not be found"
          error={newest.error}
          lost="The traffic is where it was."
          onRetry={newest.refresh}
        />
      )}
      {newest.value && !deployment && (
        <EmptyState
          compact
          title="No version is ready"
          description="Push a commit; once its build is ready it can be released to."
        />
      )}
      {deployment && (
        <>
          <CommitLine deployment={deployment} />
          {takenBack && <TakenBackAlert takenBack={takenBack} />}
          <Consequences
            items={[
              {
                term: 'What will happen',
                description: trafficWords({
                  plan,
                  environment,
                  name: deploymentName(deployment),
                }),
              },
              {
                term: 'What it replaces',
                description: live ? (
                  <CommitLine deployment={live} />
                ) : (
                  'Nothing serves now.'
                ),
              },
              {
                term: 'What holds afterwards',
                description:
                  'The pin is gone: new pushes get traffic again, as forkyard.yaml says.',
              },
            ]}
          />
        </>
      )}
    </ConfirmDialog>
  );
}
