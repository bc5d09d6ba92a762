import { callVercel, type UpstreamLimits } from '@forkyard/backend-kit';
import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import { checksV2CreateDeploymentCheckRun } from '@vercel/sdk/funcs/checksV2CreateDeploymentCheckRun.js';
import { checksV2CreateProjectCheck } from '@vercel/sdk/funcs/checksV2CreateProjectCheck.js';
import { checksV2DeleteProjectCheck } from '@vercel/sdk/funcs/checksV2DeleteProjectCheck.js';
import { checksV2ListDeploymentCheckRuns } from '@vercel/sdk/funcs/checksV2ListDeploymentCheckRuns.js';
import { checksV2ListProjectChecks } from '@vercel/sdk/funcs/checksV2ListProjectChecks.js';
import { checksV2UpdateDeploymentCheckRun } from '@vercel/sdk/funcs/checksV2UpdateDeploymentCheckRun.js';
import { checksV2UpdateProjectCheck } from '@vercel/sdk/funcs/checksV2UpdateProjectCheck.js';
import type { UpdateDeploymentCheckRunRequestBody } from '@vercel/sdk/models/updatedeploymentcheckrunop.js';
import { z } from 'zod';
import type { VercelApi } from './VercelApi';
import { createdSchema, ignoredSchema } from './vercelSchemas';

/** What a check of a project keeps a deployment from. */
export type Blocks = 'deployment-promotion' | 'none';

const absent = z
  .string()
  .nullish()
  .transform(value => value || undefined)
  .catch(undefined);

const checksSchema = z.object({
  checks: z.array(
    z.object({ id: z.string().min(1), name: z.string(), blocks: absent }),
  ),
});

const runsSchema = z.object({
  runs: z.array(
    z.object({
      id: z.string().min(1),
      /** Vercel's own runs have none. */
      checkId: absent,
      status: absent,
      conclusion: absent,
      createdAt: z.number().catch(0),
    }),
  ),
});

/** A check of a project. */
export type VercelCheck = z.output<typeof checksSchema>['checks'][number];

/** What a check says of one deployment. */
export type VercelCheckRun = z.output<typeof runsSchema>['runs'][number];

/**
 * After this a run that was not completed counts as failed, in seconds. A newer
 * run then says how it ended. What Vercel allows at most is not documented.
 */
const TIMEOUT_SECONDS = 3600;

/** Gates wait for no platform; what failed is reported again. */
const LIMITS: UpstreamLimits = { maxAttempts: 1, timeoutMs: 5_000 };

/** Calls Vercel's checks of projects and deployments, version 2. */
export class VercelChecksApi {
  constructor(private readonly api: VercelApi) {}

  /** Whether new versions wait for a promotion. */
  async isStaged(project: ProjectRef): Promise<boolean> {
    const found = await this.api.readProject(project);
    return found.autoAssignCustomDomains === false;
  }

  async listChecks({ projectId, teamId }: ProjectRef): Promise<VercelCheck[]> {
    const { checks } = await callVercel(this.api.client, {
      what: `list the checks of project '${projectId}'`,
      limits: LIMITS,
      run: (core, requestOptions) =>
        checksV2ListProjectChecks(
          core,
          { projectIdOrName: projectId, teamId },
          requestOptions,
        ),
      schema: checksSchema,
    });
    return checks;
  }

  /** Creates one that blocks nothing. */
  async createCheck(
    { projectId, teamId }: ProjectRef,
    name: string,
  ): Promise<VercelCheck> {
    const blocks = 'none';
    const { id } = await callVercel(this.api.client, {
      what: `create the check '${name}' of project '${projectId}'`,
      limits: LIMITS,
      run: (core, requestOptions) =>
        checksV2CreateProjectCheck(
          core,
          {
            projectIdOrName: projectId,
            teamId,
            requestBody: {
              name,
              ...settings(blocks),
              source: { kind: 'webhook' },
            },
          },
          requestOptions,
        ),
      schema: createdSchema,
    });
    return { id, name, blocks };
  }

  async setBlocks(
    { projectId, teamId }: ProjectRef,
    check: VercelCheck,
    blocks: Blocks,
  ): Promise<void> {
    await callVercel(this.api.client, {
      what: `change the check '${check.name}' of project '${projectId}'`,
      limits: LIMITS,
      run: (core, requestOptions) =>
        checksV2UpdateProjectCheck(
          core,
          {
            projectIdOrName: projectId,
            checkId: check.id,
            teamId,
            // The SDK fills what is left out with its own defaults.
            requestBody: { name: check.name, ...settings(blocks) },
          },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  async deleteCheck(
    { projectId, teamId }: ProjectRef,
    check: VercelCheck,
  ): Promise<void> {
    await callVercel(this.api.client, {
      what: `delete the check '${check.name}' of project '${projectId}'`,
      limits: LIMITS,
      run: (core, requestOptions) =>
        checksV2DeleteProjectCheck(
          core,
          { projectIdOrName: projectId, checkId: check.id, teamId },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  async listRuns(
    { teamId }: ProjectRef,
    deploymentId: string,
  ): Promise<VercelCheckRun[]> {
    const { runs } = await callVercel(this.api.client, {
      what: `list the check runs of '${deploymentId}'`,
      limits: LIMITS,
      run: (core, requestOptions) =>
        checksV2ListDeploymentCheckRuns(
          core,
          { deploymentId, teamId },
          requestOptions,
        ),
      schema: runsSchema,
    });
    return runs;
  }

  /** Gives the id of the new run. */
  async createRun(
    { teamId }: ProjectRef,
    { deploymentId, check }: { deploymentId: string; check: VercelCheck },
  ): Promise<string> {
    const { id } = await callVercel(this.api.client, {
      what: `begin the check '${check.name}' of '${deploymentId}'`,
      limits: LIMITS,
      run: (core, requestOptions) =>
        checksV2CreateDeploymentCheckRun(
          core,
          { deploymentId, teamId, requestBody: { checkId: check.id } },
          requestOptions,
        ),
      schema: createdSchema,
    });
    return id;
  }

  async updateRun(
    { teamId }: ProjectRef,
    request: {
      deploymentId: string;
      checkRunId: string;
      change: UpdateDeploymentCheckRunRequestBody;
    },
  ): Promise<void> {
    const { deploymentId, checkRunId, change } = request;
    await callVercel(this.api.client, {
      what: `report a check of '${deploymentId}'`,
      limits: LIMITS,
      run: (core, requestOptions) =>
        checksV2UpdateDeploymentCheckRun(
          core,
          { deploymentId, checkRunId, teamId, requestBody: change },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }
}

function settings(blocks: Blocks) {
  return {
    requires: 'deployment-url' as const,
    blocks,
    targets: ['production'],
    isRerequestable: false,
    timeout: TIMEOUT_SECONDS,
  };
}
