import { NotFoundError, isError } from '@backstage/errors';
import {
  callVercel,
  fetchVercel,
  type VercelClient,
} from '@forkyard/backend-kit';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsGetDeployments } from '@vercel/sdk/funcs/deploymentsGetDeployments.js';
import { projectsGetProject } from '@vercel/sdk/funcs/projectsGetProject.js';
import { projectsRequestPromote } from '@vercel/sdk/funcs/projectsRequestPromote.js';
import { projectsRequestRollback } from '@vercel/sdk/funcs/projectsRequestRollback.js';
import { projectsUpdateProject } from '@vercel/sdk/funcs/projectsUpdateProject.js';
import { ProjectIdCache } from './ProjectIdCache';
import {
  createdSchema,
  deploymentSchema,
  deploymentsPageSchema,
  ignoredSchema,
  projectSchema,
  type VercelDeployment,
  type VercelProject,
} from './vercelSchemas';

/**
 * Calls Vercel about projects and deployments, and reads of the answers what
 * this module uses.
 */
export class VercelApi {
  readonly projectIds = new ProjectIdCache();

  constructor(readonly client: VercelClient) {}

  async getProject(
    idOrName: string,
    options: { teamId?: string; signal?: AbortSignal } = {},
  ): Promise<VercelProject> {
    const { teamId, signal } = options;
    return callVercel(this.client, {
      what: `read project '${idOrName}'`,
      signal,
      run: (core, requestOptions) =>
        projectsGetProject(core, { idOrName, teamId }, requestOptions),
      schema: projectSchema,
    });
  }

  /** Reads a project by its id, and forgets the id when Vercel has. */
  async readProject(
    project: ProjectRef,
    signal?: AbortSignal,
  ): Promise<VercelProject> {
    const { projectId, teamId } = project;
    try {
      return await this.getProject(projectId, { teamId, signal });
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') {
        this.projectIds.forget(projectId);
      }
      throw error;
    }
  }

  async listPage(
    project: ProjectRef,
    query: {
      limit: number;
      since?: number;
      until?: number;
      target?: string;
      state?: string;
    },
  ) {
    return callVercel(this.client, {
      what: `list deployments of project '${project.projectId}'`,
      run: (core, requestOptions) =>
        deploymentsGetDeployments(
          core,
          { ...query, projectId: project.projectId, teamId: project.teamId },
          requestOptions,
        ),
      schema: deploymentsPageSchema,
    });
  }

  /**
   * Reads one deployment without the SDK, which takes one field that is new to
   * it for a sign that the caller is not the owner, and then drops most others.
   */
  async getDeployment(
    project: ProjectRef,
    externalId: string,
  ): Promise<VercelDeployment> {
    const found = await fetchVercel(teamClient(this.client, project), {
      what: `read deployment '${externalId}'`,
      path: `/v13/deployments/${encodeURIComponent(externalId)}`,
      schema: deploymentSchema,
    });
    const owner = found.projectId ?? found.project?.id;
    if (owner && owner !== project.projectId) {
      throw new NotFoundError(
        `Deployment '${externalId}' is not one of project '${project.projectId}' at Vercel.`,
      );
    }
    return found;
  }

  /** Builds the sources of a deployment anew; gives the id of the new one. */
  async createFromDeployment(
    project: ProjectRef,
    request: {
      what: string;
      origin: VercelDeployment;
      originId: string;
      target?: string;
      customEnvironment?: string;
      meta?: Record<string, string>;
    },
  ): Promise<string> {
    const { id } = await callVercel(this.client, {
      what: request.what,
      // A lost reply must not become two deployments.
      retry: 'never',
      run: (core, requestOptions) =>
        deploymentsCreateDeployment(
          core,
          {
            teamId: project.teamId,
            forceNew: '1',
            requestBody: {
              name: request.origin.name ?? project.projectId,
              project: project.projectId,
              deploymentId: request.originId,
              target: request.target,
              customEnvironmentSlugOrId: request.customEnvironment,
              meta: request.meta,
            },
          },
          requestOptions,
        ),
      schema: createdSchema,
    });
    return id;
  }

  async requestPromote(project: ProjectRef, deploymentId: string) {
    const { projectId, teamId } = project;
    await callVercel(this.client, {
      what: `promote '${deploymentId}'`,
      run: (core, requestOptions) =>
        projectsRequestPromote(
          core,
          { projectId, deploymentId, teamId },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  async requestRollback(
    project: ProjectRef,
    request: { deploymentId: string; description?: string },
  ) {
    const { projectId, teamId } = project;
    await callVercel(this.client, {
      what: `roll back to '${request.deploymentId}'`,
      run: (core, requestOptions) =>
        projectsRequestRollback(
          core,
          { projectId, teamId, ...request },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  /** Decides whether new deployments for production get its host names. */
  async setAutoAssign(project: ProjectRef, autoAssignCustomDomains: boolean) {
    await callVercel(this.client, {
      what: `${autoAssignCustomDomains ? 'stop' : 'begin'} to stage new deployments of project '${project.projectId}'`,
      run: (core, requestOptions) =>
        projectsUpdateProject(
          core,
          {
            idOrName: project.projectId,
            teamId: project.teamId,
            requestBody: { autoAssignCustomDomains },
          },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }
}

/** The client for the team of a project, which may not be the usual one. */
export function teamClient(
  client: VercelClient,
  { teamId }: ProjectRef,
): VercelClient {
  return { ...client, teamId };
}
