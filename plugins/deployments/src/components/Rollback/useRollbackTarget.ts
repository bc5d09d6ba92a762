import { useApi } from '@backstage/frontend-plugin-api';
import {
  asSentences,
  describeError,
  useSignalOrPoll,
} from '@forkyard/frontend-kit';
import {
  deploymentsSignalChannel,
  type Deployment,
  type EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../../api/deploymentsApiRef';

/** Finds the version that a rollback goes to, or why there is none. */
export function useRollbackTarget(options: {
  entityRef: string;
  environment: EnvironmentStatus;
  live: Deployment;
}) {
  const { entityRef, live } = options;
  const { environment, rollout } = options.environment;
  const api = useApi(deploymentsApiRef);
  const target = useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: `${entityRef} ${environment} ${live.id} ${rollout?.id ?? ''}`,
    load: signal =>
      api.getRollbackTarget({ entityRef, environment }, { signal }),
    pollMs: () => false,
  });
  const described = target.error && describeError(target.error);
  return {
    ...target,
    /** The backend's own sentence, when nothing is left to go back to. */
    nothingLeft:
      described?.kind === 'not-found'
        ? asSentences(described.message)
        : undefined,
  };
}
