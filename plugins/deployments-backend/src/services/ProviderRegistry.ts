import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  DeploymentProvider,
  DeploymentsProviderExtensionPoint,
} from '@forkyard/plugin-deployments-node';

/**
 * Holds the providers that modules added.
 */
export class ProviderRegistry implements DeploymentsProviderExtensionPoint {
  readonly #providers = new Map<string, DeploymentProvider>();

  addProvider(provider: DeploymentProvider): void {
    if (this.#providers.has(provider.id)) {
      throw new ConflictError(
        `Deployment provider '${provider.id}' is already there: give each provider an id of its own.`,
      );
    }
    this.#providers.set(provider.id, provider);
  }

  get(id: string): DeploymentProvider {
    const provider = this.#providers.get(id);
    if (!provider) {
      throw new NotFoundError(
        `Deployment provider '${id}' is not installed: add its module to the backend.`,
      );
    }
    return provider;
  }

  list(): DeploymentProvider[] {
    return [...this.#providers.values()];
  }
}
