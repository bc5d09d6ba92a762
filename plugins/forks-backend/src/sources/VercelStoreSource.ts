import { NotFoundError } from '@backstage/errors';
import {
  type VercelClient,
  fetchVercel,
  findUpstreamFailure,
} from '@forkyard/backend-kit';
import { integrationsConnectIntegrationResourceToProject } from '@vercel/sdk/funcs/integrationsConnectIntegrationResourceToProject.js';
import { integrationsCreateIntegrationStoreDirect } from '@vercel/sdk/funcs/integrationsCreateIntegrationStoreDirect.js';
import { integrationsGetConfigurations } from '@vercel/sdk/funcs/integrationsGetConfigurations.js';
import { z } from 'zod';
import type { StoreSource, HostingStore } from './HostingSource';
import { VercelCaller } from './VercelCaller';
import {
  configurationsSchema,
  createdStoreSchema,
  storesSchema,
} from './vercelSchemas';

/**
 * Speaks to Vercel about the stores of its marketplace.
 */
export class VercelStoreSource implements StoreSource {
  readonly #vercel: VercelCaller;
  readonly #configurationIds = new Map<string, string>();

  constructor(client: VercelClient) {
    this.#vercel = new VercelCaller(client);
  }

  async findStore({
    name,
  }: {
    name: string;
  }): Promise<HostingStore | undefined> {
    const { stores } = await fetchVercel(this.#vercel.client, {
      what: 'list the stores of the team',
      path: '/v1/storage/stores',
      schema: storesSchema,
    });
    return stores.find(store => store.name === name);
  }

  async createStore(request: {
    integration: string;
    product: string;
    name: string;
    externalId: string;
  }): Promise<HostingStore> {
    const configurationId = await this.#getConfigurationId(request.integration);
    const { store } = await this.#vercel.call({
      what: `create store '${request.name}'`,
      retry: 'never',
      run: (core, options) =>
        integrationsCreateIntegrationStoreDirect(
          core,
          this.#vercel.team({
            requestBody: {
              name: request.name,
              integrationConfigurationId: configurationId,
              integrationProductIdOrSlug: request.product,
              externalId: request.externalId,
            },
          }),
          options,
        ),
      schema: createdStoreSchema,
    });
    return { ...store, name: request.name };
  }

  async connectStore(request: {
    integration: string;
    storeId: string;
    projectId: string;
  }): Promise<void> {
    const configurationId = await this.#getConfigurationId(request.integration);
    try {
      await this.#vercel.call({
        what: `connect store '${request.storeId}' to project '${request.projectId}'`,
        run: (core, options) =>
          integrationsConnectIntegrationResourceToProject(
            core,
            this.#vercel.team({
              integrationConfigurationId: configurationId,
              resourceId: request.storeId,
              requestBody: { projectId: request.projectId },
            }),
            options,
          ),
        schema: z.unknown(),
      });
    } catch (error) {
      // It is connected already.
      if (findUpstreamFailure(error)?.status !== 409) throw error;
    }
  }

  async deleteStore({ storeId }: { storeId: string }): Promise<void> {
    try {
      await fetchVercel(this.#vercel.client, {
        what: `delete store '${storeId}'`,
        method: 'DELETE',
        path: `/v1/storage/stores/integration/${encodeURIComponent(storeId)}`,
        schema: z.unknown(),
      });
    } catch (error) {
      // It is gone already.
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  /** An integration is installed by a person, who accepts its terms. */
  async #getConfigurationId(integration: string): Promise<string> {
    const known = this.#configurationIds.get(integration);
    if (known) return known;
    const configurations = await this.#vercel.call({
      what: `read integration '${integration}'`,
      run: (core, options) =>
        integrationsGetConfigurations(
          core,
          this.#vercel.team({
            view: 'account' as const,
            integrationIdOrSlug: integration,
          }),
          options,
        ),
      schema: configurationsSchema,
    });
    const found =
      configurations.find(({ slug }) => slug === integration) ??
      configurations[0];
    if (!found) {
      throw new NotFoundError(
        `Integration '${integration}' is not installed in the Vercel team. Install it there, or change 'forks.hosting.store.integration'`,
      );
    }
    this.#configurationIds.set(integration, found.id);
    return found.id;
  }
}
