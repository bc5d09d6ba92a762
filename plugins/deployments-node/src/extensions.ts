import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { DeploymentProvider } from './DeploymentProvider';

/** @public */
export interface DeploymentsProviderExtensionPoint {
  /** Throws `ConflictError` when the id is taken. */
  addProvider(provider: DeploymentProvider): void;
}

/**
 * Where modules add their deployment providers.
 *
 * @public
 */
export const deploymentsProviderExtensionPoint =
  createExtensionPoint<DeploymentsProviderExtensionPoint>({
    id: 'deployments.provider',
  });
