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
      const { id } = deployment;
      const promoted = await deployments.promoteDeployment({
        id,
        environment,
      });
      const isBuiltAgain = promoted.id !== id;
      const rolloutId =
        isBuiltAgain || plan?.strategy === 'direct'
          ? undefined
          : await findRollout();
      toast.post({ title: title(), status: 'success', timeout: 6_000 });
      return rolloutId;

      async function findRollout(): Promise<string | undefined> {
        try {
          const request = { entityRef, active: true };
          const { items } = await rollouts.listRollouts(request);
          return items.find(({ deploymentId }) => deploymentId === id)?.id;
        } catch {
          // It has begun all the same; the page shows it when it can.
          return undefined;
        }
      }

      function title(): string {
        const name = deploymentName(deployment);
        if (isBuiltAgain) return `${name} is being built for ${environment}`;
        return rolloutId
          ? `A rollout of ${name} to ${environment} has begun`
          : `The traffic of ${environment} moves to ${name}`;
      }
    },
    [deployments, rollouts, toast, entityRef],
  );
}
