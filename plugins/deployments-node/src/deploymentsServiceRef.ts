import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import {
  DeploymentsClient,
  type Deployment,
  type DeploymentsPage,
  type EntityDeploymentStatus,
  type ListDeploymentsRequest,
  type TrackedProject,
} from '@forkyard/plugin-deployments-common';

type Options = { credentials: BackstageCredentials };

/**
 * What other backends may ask of deployments-backend.
 *
 * @public
 */
export interface DeploymentsService {
  getEntityStatus(
    request: { entityRef: string },
    options: Options,
  ): Promise<EntityDeploymentStatus>;
  reconcileEntity(
    request: { entityRef: string },
    options: Options,
  ): Promise<EntityDeploymentStatus>;
  listDeployments(
    request: ListDeploymentsRequest,
    options: Options,
  ): Promise<DeploymentsPage>;
  getDeployment(request: { id: string }, options: Options): Promise<Deployment>;
  /**
   * Projects and the entities they belong to, as verified; for backends acting
   * as themselves. Use it to attribute traffic or money, never the annotation.
   */
  listProjects(
    request: { cursor?: string; limit?: number },
    options: Options,
  ): Promise<{ items: TrackedProject[]; nextCursor?: string }>;
  /** Builds the same commit again; gives the new deployment. */
  redeploy(request: { id: string }, options: Options): Promise<Deployment>;
  /** The deployment that a rollback without a target would go back to. */
  getRollbackTarget(
    request: { entityRef: string; environment: string },
    options: Options,
  ): Promise<Deployment>;
  /**
   * Sends an environment's traffic back to a named deployment, or to the one
   * that was live before. Gives the deployment that is live then. Rejects with
   * a ConflictError when the named deployment is of another entity or
   * environment.
   */
  rollback(
    request: {
      entityRef: string;
      environment: string;
      toDeploymentId?: string;
    },
    options: Options,
  ): Promise<Deployment>;
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
          listDeployments: async (request, { credentials }) =>
            client.listDeployments(request, await tokenFor(credentials)),
          getDeployment: async (request, { credentials }) =>
            client.getDeployment(request, await tokenFor(credentials)),
          listProjects: async (request, { credentials }) =>
            client.listProjects(request, await tokenFor(credentials)),
          redeploy: async (request, { credentials }) =>
            client.redeploy(request, await tokenFor(credentials)),
          getRollbackTarget: async (request, { credentials }) =>
            client.getRollbackTarget(request, await tokenFor(credentials)),
          rollback: async ({ toDeploymentId, ...request }, { credentials }) => {
            const token = await tokenFor(credentials);
            const target = toDeploymentId
              ? await client.getDeployment({ id: toDeploymentId }, token)
              : await client.getRollbackTarget(request, token);
            assertBelongs(target, request);
            return client.rollbackToDeployment({ id: target.id }, token);
          },
        };
      },
    }),
});

function assertBelongs(
  deployment: Deployment,
  request: { entityRef: string; environment: string },
): void {
  const { id, entityRef, environment } = deployment;
  if (
    entityRef.toLowerCase() !== request.entityRef.toLowerCase() ||
    environment !== request.environment
  ) {
    throw new ConflictError(
      `Deployment '${id}' is of '${entityRef}' in ${environment}, so that '${request.entityRef}' in ${request.environment} cannot go back to it. Name one of its own.`,
    );
  }
}
