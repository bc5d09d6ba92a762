import type { DeploymentState } from './types';

/** Topic of the Backstage events service that tells of deployments. @public */
export const DEPLOYMENTS_DEPLOYMENT_TOPIC = 'deployments.deployment';

/**
 * Payload of {@link DEPLOYMENTS_DEPLOYMENT_TOPIC}, published when the
 * projection of a deployment changed. A nudge, never the only way to learn.
 *
 * @public
 */
export interface DeploymentEventPayload {
  deploymentId: string;
  entityRef: string;
  environment: string;
  state: DeploymentState;
  live: boolean;
}

/** Signal channel on which one entity's deployments refresh. @public */
export function deploymentsSignalChannel(entityRef: string): string {
  return `deployments:entity:${entityRef}`;
}

/** @public */
export type DeploymentsSignal = {
  entityRef: string;
  deploymentId: string;
  state: DeploymentState;
};
