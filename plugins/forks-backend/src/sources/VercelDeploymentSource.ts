import { type VercelClient } from '@forkyard/backend-kit';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsGetDeployment } from '@vercel/sdk/funcs/deploymentsGetDeployment.js';
import { deploymentsGetDeploymentEvents } from '@vercel/sdk/funcs/deploymentsGetDeploymentEvents.js';
import { deploymentsGetDeployments } from '@vercel/sdk/funcs/deploymentsGetDeployments.js';
import type {
  DeploymentSource,
  HostingDeployment,
  HostingLogLine,
} from './HostingSource';
import { VercelCaller } from './VercelCaller';
import {
  deploymentSchema,
  deploymentsSchema,
  eventsSchema,
} from './vercelSchemas';

/**
 * Speaks to Vercel about deployments.
 */
export class VercelDeploymentSource implements DeploymentSource {
  readonly #vercel: VercelCaller;

  constructor(client: VercelClient) {
    this.#vercel = new VercelCaller(client);
  }

  async listProductionDeployments(request: {
    projectId: string;
    sha: string;
  }): Promise<HostingDeployment[]> {
    const { deployments } = await this.#vercel.call({
      what: `list the deployments of project '${request.projectId}'`,
      run: (core, options) =>
        deploymentsGetDeployments(
          core,
          this.#vercel.team({
            projectId: request.projectId,
            target: 'production',
            limit: 20,
          }),
          options,
        ),
      schema: deploymentsSchema,
    });
    return deployments.filter(({ sha }) => sha === request.sha);
  }

  async createDeployment(request: {
    projectId: string;
    projectName: string;
    repository: { owner: string; repo: string };
    branch: string;
    sha: string;
  }): Promise<HostingDeployment> {
    return this.#vercel.call({
      what: `create a deployment of project '${request.projectName}'`,
      retry: 'never',
      run: (core, options) =>
        deploymentsCreateDeployment(
          core,
          this.#vercel.team({
            requestBody: {
              name: request.projectName,
              project: request.projectId,
              target: 'production',
              gitSource: {
                type: 'github' as const,
                org: request.repository.owner,
                repo: request.repository.repo,
                ref: request.branch,
                sha: request.sha,
              },
            },
          }),
          options,
        ),
      schema: deploymentSchema,
    });
  }

  async getDeployment({ id }: { id: string }): Promise<HostingDeployment> {
    return this.#vercel.call({
      what: `read deployment '${id}'`,
      run: (core, options) =>
        deploymentsGetDeployment(
          core,
          this.#vercel.team({ idOrUrl: id }),
          options,
        ),
      schema: deploymentSchema,
    });
  }

  async listBuildLog({
    id,
    since,
  }: {
    id: string;
    since?: Date;
  }): Promise<HostingLogLine[]> {
    return this.#vercel.call({
      what: `read the build log of deployment '${id}'`,
      run: (core, options) =>
        deploymentsGetDeploymentEvents(
          core,
          this.#vercel.team({
            idOrUrl: id,
            direction: 'forward' as const,
            limit: -1,
            builds: 1,
            since: since?.getTime(),
          }),
          options,
        ),
      schema: eventsSchema,
    });
  }
}
