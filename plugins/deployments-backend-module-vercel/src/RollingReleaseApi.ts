import { isError } from '@backstage/errors';
import {
  callVercel,
  fetchVercel,
  findUpstreamFailure,
  type VercelClient,
} from '@forkyard/backend-kit';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import { rollingReleaseApproveRollingReleaseStage } from '@vercel/sdk/funcs/rollingReleaseApproveRollingReleaseStage.js';
import { rollingReleaseCompleteRollingRelease } from '@vercel/sdk/funcs/rollingReleaseCompleteRollingRelease.js';
import { rollingReleaseDeleteRollingReleaseConfig } from '@vercel/sdk/funcs/rollingReleaseDeleteRollingReleaseConfig.js';
import { rollingReleaseGetRollingRelease } from '@vercel/sdk/funcs/rollingReleaseGetRollingRelease.js';
import { rollingReleaseStartRollingRelease } from '@vercel/sdk/funcs/rollingReleaseStartRollingRelease.js';
import { teamClient } from './VercelApi';
import {
  ignoredSchema,
  rollingReleaseSchema,
  type VercelRollingRelease,
} from './vercelSchemas';

/**
 * Calls Vercel about rolling releases
 * (https://vercel.com/docs/rolling-releases).
 */
export class RollingReleaseApi {
  constructor(private readonly client: VercelClient) {}

  /**
   * The last one, whether or not it is over; none where Vercel knows of no such
   * thing (404) or the account's plan has none (402).
   */
  async find(
    project: ProjectRef,
    signal?: AbortSignal,
  ): Promise<VercelRollingRelease | undefined> {
    try {
      const { rollingRelease } = await callVercel(this.client, {
        what: `read the rolling release of project '${project.projectId}'`,
        signal,
        run: (core, requestOptions) =>
          rollingReleaseGetRollingRelease(
            core,
            nameProject(project),
            requestOptions,
          ),
        schema: rollingReleaseSchema,
      });
      return rollingRelease ?? undefined;
    } catch (error) {
      const status = findUpstreamFailure(error)?.status;
      if (status === 402 || status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Enables rolling releases by the given percentages, each kept until it is
   * approved. What is under way stays as it is.
   *
   * Goes without the SDK, whose function sends no body. The body is the one
   * that Vercel's command line sends (`vercel rolling-release configure`).
   */
  async configure(project: ProjectRef, percentages: number[]): Promise<void> {
    await fetchVercel(teamClient(this.client, project), {
      what: `configure rolling releases of project '${project.projectId}'`,
      method: 'PATCH',
      path: `${releasePath(project)}/config`,
      body: {
        enabled: true,
        advancementType: 'manual-approval',
        stages: [
          ...percentages.map(targetPercentage => ({
            targetPercentage,
            requireApproval: true,
          })),
          { targetPercentage: 100 },
        ],
      },
      schema: ignoredSchema,
    });
  }

  /**
   * Takes the configuration away, so that a promotion moves all traffic at
   * once. What is under way stays as it is, unlike when it is disabled by
   * `configure`'s call, which may end it one way or the other.
   */
  async disable(project: ProjectRef): Promise<void> {
    try {
      await callVercel(this.client, {
        what: `disable rolling releases of project '${project.projectId}'`,
        run: (core, requestOptions) =>
          rollingReleaseDeleteRollingReleaseConfig(
            core,
            nameProject(project),
            requestOptions,
          ),
        schema: ignoredSchema,
      });
    } catch (error) {
      if (!isError(error) || error.name !== 'NotFoundError') throw error;
    }
  }

  async start(project: ProjectRef, canaryDeploymentId: string): Promise<void> {
    await callVercel(this.client, {
      what: `start a rolling release of '${canaryDeploymentId}'`,
      run: (core, requestOptions) =>
        rollingReleaseStartRollingRelease(
          core,
          { ...nameProject(project), requestBody: { canaryDeploymentId } },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  async approveStage(
    project: ProjectRef,
    request: { canaryDeploymentId: string; nextStageIndex: number },
  ): Promise<void> {
    await callVercel(this.client, {
      what: `move the rolling release of '${request.canaryDeploymentId}' to stage ${request.nextStageIndex}`,
      run: (core, requestOptions) =>
        rollingReleaseApproveRollingReleaseStage(
          core,
          { ...nameProject(project), requestBody: request },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  async complete(
    project: ProjectRef,
    canaryDeploymentId: string,
  ): Promise<void> {
    await callVercel(this.client, {
      what: `complete the rolling release of '${canaryDeploymentId}'`,
      run: (core, requestOptions) =>
        rollingReleaseCompleteRollingRelease(
          core,
          { ...nameProject(project), requestBody: { canaryDeploymentId } },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  /**
   * Ends a rolling release with all traffic where it was before.
   *
   * The SDK has no function for this endpoint; Vercel's own description of the
   * configuration's removal names it ("the /complete or /abort endpoint").
   */
  async abort(project: ProjectRef, canaryDeploymentId: string): Promise<void> {
    await fetchVercel(teamClient(this.client, project), {
      what: `abort the rolling release of '${canaryDeploymentId}'`,
      method: 'POST',
      path: `${releasePath(project)}/abort`,
      body: { canaryDeploymentId },
      schema: ignoredSchema,
    });
  }
}

function nameProject({ projectId, teamId }: ProjectRef) {
  return { idOrName: projectId, teamId };
}

function releasePath({ projectId }: ProjectRef): string {
  return `/v1/projects/${encodeURIComponent(projectId)}/rolling-release`;
}
