import { useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll } from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type Deployment,
  type EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';
import { deploymentName } from '../../presentation/deploymentWords';
import {
  findCommitTakenBack,
  findTakenBack,
} from '../../presentation/takenBack';
import { TakenBackAlert } from '../TakenBack';

/** Warns when the version, or another build of its commit, was taken back from where it is to go. */
export function PromoteWarning(props: {
  deployment: Deployment;
  /** What serves where it is to go. */
  serving?: EnvironmentStatus;
}) {
  const { deployment, serving } = props;
  const builds = useNewestBuilds(
    deployment.entityRef,
    serving?.environment ?? deployment.environment,
  );
  const own = findTakenBack(deployment, serving);
  const byCommit = findCommitTakenBack(deployment, serving, [
    ...(serving?.latest ? [serving.latest] : []),
    ...builds,
  ]);
  if (byCommit && own?.how !== 'taken-back') {
    return (
      <TakenBackAlert
        takenBack={byCommit}
        subject={`Another build of ${deploymentName(deployment)}`}
      />
    );
  }
  return own && <TakenBackAlert takenBack={own} />;
}

/** The list on the page may be filtered, so the environment's own is asked for. */
function useNewestBuilds(entityRef: string, environment: string): Deployment[] {
  const api = useApi(deploymentsApiRef);
  const { value } = useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: `${entityRef} ${environment}`,
    load: signal =>
      api.listDeployments(
        { entityRef, environment, states: ['ready'], limit: 100 },
        { signal },
      ),
    pollMs: 30_000,
  });
  return value?.items ?? [];
}
