import { useCallback } from 'react';
import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import type {
  Deployment,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';
import { rolloutsApiRef } from '../api/rolloutsApiRef';
import { deploymentName } from '../presentation/deploymentWords';

/**
 * Gives an environment's traffic to a deployment, as the environment's plan
 * says; answers with the rollout that this began, if it began one.
 */
export function useMoveTraffic(entityRef: string): (request: {
  deployment: Deployment;
  /** Where the traffic is. */
  environment: string;
  plan?: RolloutPlan;
}) => Promise<string | undefined> {
  const deployments = useApi(deploymentsApiRef);
  const rollouts = useApi(rolloutsApiRef);
  const toast = useApi(toastApiRef);
  return useCallback(
    async ({ deployment, environment, plan }) => {
      await deployments.promoteDeployment({ id: deployment.id });
      const isDirect = plan?.strategy === 'direct';
      const begun = isDirect
        ? undefined
        : await rollouts
            .listRollouts({ entityRef, active: true })
            // It has begun all the same; the page shows it when it can.
            .catch(() => ({ items: [] }));
      const rollout = begun?.items.find(
        ({ deploymentId }) => deploymentId === deployment.id,
      );
      const name = deploymentName(deployment);
      toast.post({
        title: rollout
          ? `A rollout of ${name} to ${environment} has begun`
          : `The traffic of ${environment} moves to ${name}`,
        status: 'success',
        timeout: 6_000,
      });
      return rollout?.id;
    },
    [deployments, rollouts, toast, entityRef],
  );
}
