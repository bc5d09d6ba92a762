import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type BackstageCredentials,
} from '@backstage/backend-plugin-api';
import {
  DeploymentsClient,
  type EntityDeploymentStatus,
} from '@forkyard/plugin-deployments-common';

/**
 * What other backends may ask of deployments-backend.
 *
 * @public
 */
export interface DeploymentsService {
  getEntityStatus(
    request: { entityRef: string },
    options: { credentials: BackstageCredentials },
  ): Promise<EntityDeploymentStatus>;
  reconcileEntity(
    request: { entityRef: string },
    options: { credentials: BackstageCredentials },
  ): Promise<EntityDeploymentStatus>;
}

/** @public */
export const deploymentsServiceRef = createServiceRef<DeploymentsService>({
  id: 'deployments.deployments',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { discovery: coreServices.discovery, auth: coreServices.auth },
      factory: ({ discovery, auth }): DeploymentsService => {
        const client = new DeploymentsClient({ discoveryApi: discovery });
        const tokenFor = (credentials: BackstageCredentials) =>
          auth.getPluginRequestToken({
            onBehalfOf: credentials,
            targetPluginId: 'deployments',
          });
        return {
          getEntityStatus: async (request, { credentials }) =>
            client.getEntityStatus(request, await tokenFor(credentials)),
          reconcileEntity: async (request, { credentials }) =>
            client.reconcileEntity(request, await tokenFor(credentials)),
        };
      },
    }),
});
