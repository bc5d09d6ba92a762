import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import {
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
  isError,
} from '@backstage/errors';
import {
  callVercel,
  findSourceUrl,
  type VercelClient,
} from '@forkyard/backend-kit';
import {
  ANNOTATION_VERCEL_PROJECT_ID,
  ANNOTATION_VERCEL_TEAM_ID,
  type BuildLogLine,
} from '@forkyard/plugin-deployments-common';
import type {
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
  ProviderNudge,
} from '@forkyard/plugin-deployments-node';
import { deploymentsCreateDeployment } from '@vercel/sdk/funcs/deploymentsCreateDeployment.js';
import { deploymentsGetDeployments } from '@vercel/sdk/funcs/deploymentsGetDeployments.js';
import { projectsGetProject } from '@vercel/sdk/funcs/projectsGetProject.js';
import { projectsRequestPromote } from '@vercel/sdk/funcs/projectsRequestPromote.js';
import { projectsRequestRollback } from '@vercel/sdk/funcs/projectsRequestRollback.js';
import { awaitTraffic } from './awaitTraffic';
import { fetchVercel, type VercelEndpoint } from './fetchVercel';
import { ProjectIdCache } from './ProjectIdCache';
import { mapDeployment, mapProduction, mapState, toUrl } from './mapDeployment';
import { isLinkedTo } from './projectLink';
import { streamBuildLog } from './streamBuildLog';
import {
  createdSchema,
  deploymentSchema,
  deploymentsPageSchema,
  ignoredSchema,
  projectSchema,
  type VercelDeployment,
  type VercelProject,
} from './vercelSchemas';
import type { VercelWebhooks } from './webhooks/VercelWebhooks';

/** Vercel's own bound on one page. */
const PAGE_LIMIT = 100;

export interface VercelDeploymentProviderOptions {
  client: VercelClient;
  /** For what cannot go through the SDK. */
  endpoint: VercelEndpoint;
  webhooks: VercelWebhooks;
  /** Where commits are shown, without a trailing slash. */
  gitHubUrl: string;
  /** Whether any repository may name any project. */
  trustAnnotations: boolean;
  /** How long a promotion may take. Default 60 s, looked at every 500 ms. */
  promotion?: { timeoutMs: number; intervalMs: number };
}

/**
 * Speaks to Vercel, or to whatever speaks Vercel's API.
 */
export class VercelDeploymentProvider implements DeploymentProvider {
  readonly id = 'vercel';
  readonly annotation = ANNOTATION_VERCEL_PROJECT_ID;
  readonly #projectIds = new ProjectIdCache();

  constructor(private readonly options: VercelDeploymentProviderOptions) {}

  /**
   * Throws `ConflictError` when the entity's file is in a repository that the
   * project is not linked to: who writes there could act on it in our name.
   */
  async resolveProject(entity: Entity): Promise<ProjectRef | undefined> {
    const { client, gitHubUrl, trustAnnotations } = this.options;
    const idOrName = entity.metadata.annotations?.[this.annotation]?.trim();
    if (!idOrName) return undefined;
    const teamId =
      entity.metadata.annotations?.[ANNOTATION_VERCEL_TEAM_ID]?.trim() ||
      client.teamId;
    const sourceUrl = trustAnnotations ? undefined : findSourceUrl(entity);
    if (sourceUrl && teamId !== client.teamId) {
      throw new ConflictError(
        `Entity '${stringifyEntityRef(entity)}' names the team '${teamId}' at Vercel, which is not the one in 'vercel.teamId'. Remove its annotation '${ANNOTATION_VERCEL_TEAM_ID}'.`,
      );
    }
    const name = { idOrName, teamId, sourceUrl };
    let projectId = this.#projectIds.find(name);
    if (!projectId) {
      const project = await this.#getProject(idOrName, teamId);
      if (sourceUrl && !isLinkedTo(project, { sourceUrl, gitHubUrl })) {
        throw new ConflictError(
          `Project '${idOrName}' at Vercel is not linked to the repository of '${stringifyEntityRef(entity)}' (${sourceUrl}), or not from its production branch. Link it there, register the file as it is on that branch, or correct the annotation '${this.annotation}'.`,
        );
      }
      projectId = project.id;
      this.#projectIds.put(name, projectId);
    }
    return { provider: this.id, projectId, teamId };
  }

  async listDeployments(
    project: ProjectRef,
    options: { limit: number; since?: Date },
  ): Promise<ProviderDeployment[]> {
    const { limit, since } = options;
    const found: ProviderDeployment[] = [];
    let until: number | undefined;
    do {
      const page = await this.#listPage(project, {
        limit: Math.min(limit - found.length, PAGE_LIMIT),
        since: since?.getTime(),
        until,
      });
      found.push(...page.deployments.map(deployment => this.#map(deployment)));
      until = page.pagination?.next ?? undefined;
    } while (until && found.length < limit);
    return found
      .filter(({ createdAt }) => !since || createdAt > since)
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
      .slice(0, limit);
  }

  async getDeployment(
    project: ProjectRef,
    externalId: string,
  ): Promise<ProviderDeployment> {
    return this.#map(await this.#getDeployment(project, externalId));
  }

  async listEnvironments(project: ProjectRef): Promise<ProviderEnvironment[]> {
    const found = await this.#readProject(project);
    const custom = await Promise.all(
      (found.customEnvironments ?? []).map(async ({ slug, domains }) =>
        slug
          ? {
              environment: slug,
              liveExternalId: await this.#findNewestReady(project, slug),
              aliases: (domains ?? []).flatMap(({ name }) =>
                name ? [toUrl(name)] : [],
              ),
            }
          : undefined,
      ),
    );
    return [
      mapProduction(found),
      ...custom.filter(environment => environment !== undefined),
    ];
  }

  streamBuildLog(
    project: ProjectRef,
    externalId: string,
    options: { follow: boolean; signal: AbortSignal },
  ): AsyncIterable<BuildLogLine> {
    return streamBuildLog({
      ...options,
      endpoint: this.options.endpoint,
      deploymentId: externalId,
      teamId: project.teamId,
      getState: async () =>
        mapState(await this.#getDeployment(project, externalId)),
    });
  }

  async redeploy(
    project: ProjectRef,
    externalId: string,
  ): Promise<ProviderDeployment> {
    const origin = await this.#getDeployment(project, externalId);
    const { id } = await callVercel(this.options.client, {
      what: `redeploy '${externalId}'`,
      // A lost reply must not become two deployments.
      retry: 'never',
      run: (core, requestOptions) =>
        deploymentsCreateDeployment(
          core,
          {
            teamId: project.teamId,
            forceNew: '1',
            requestBody: {
              name: origin.name ?? project.projectId,
              project: project.projectId,
              deploymentId: externalId,
              target: origin.customEnvironment ? undefined : origin.target,
              customEnvironmentSlugOrId: origin.customEnvironment?.slug,
            },
          },
          requestOptions,
        ),
      schema: createdSchema,
    });
    return this.getDeployment(project, id);
  }

  async promote(project: ProjectRef, externalId: string): Promise<void> {
    await callVercel(this.options.client, {
      what: `promote '${externalId}'`,
      run: (core, requestOptions) =>
        projectsRequestPromote(
          core,
          {
            projectId: project.projectId,
            deploymentId: externalId,
            teamId: project.teamId,
          },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
    await this.#awaitTraffic(project, externalId, 'promotion');
  }

  async rollback(project: ProjectRef, externalId: string): Promise<void> {
    await callVercel(this.options.client, {
      what: `roll back to '${externalId}'`,
      run: (core, requestOptions) =>
        projectsRequestRollback(
          core,
          {
            projectId: project.projectId,
            deploymentId: externalId,
            teamId: project.teamId,
          },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
    await this.#awaitTraffic(project, externalId, 'rollback');
  }

  async parseWebhook(request: {
    headers: Record<string, string | string[] | undefined>;
    rawBody: Buffer;
  }): Promise<ProviderNudge | undefined> {
    return this.options.webhooks.parse(request);
  }

  async ensureWebhook(options: { url: string }): Promise<void> {
    await this.options.webhooks.ensure(options);
  }

  #awaitTraffic(
    project: ProjectRef,
    externalId: string,
    what: 'promotion' | 'rollback',
  ): Promise<void> {
    return awaitTraffic({
      what,
      externalId,
      readProject: () => this.#readProject(project),
      ...this.options.promotion,
    });
  }

  async #listPage(
    project: ProjectRef,
    query: {
      limit: number;
      since?: number;
      until?: number;
      target?: string;
      state?: string;
    },
  ) {
    return callVercel(this.options.client, {
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

  async #findNewestReady(project: ProjectRef, target: string) {
    const { deployments } = await this.#listPage(project, {
      limit: 1,
      target,
      state: 'READY',
    });
    return deployments[0] && this.#map(deployments[0]).externalId;
  }

  async #getDeployment(
    project: ProjectRef,
    externalId: string,
  ): Promise<VercelDeployment> {
    const response = await fetchVercel(this.options.endpoint, {
      what: `read deployment '${externalId}'`,
      path: `/v13/deployments/${encodeURIComponent(externalId)}`,
      query: { teamId: project.teamId },
      stop: AbortSignal.timeout(60_000),
    });
    const parsed = deploymentSchema.safeParse(
      await response.json().catch(() => undefined),
    );
    if (!parsed.success) {
      throw new ServiceUnavailableError(
        `Vercel's answer about deployment '${externalId}' makes no sense. Try again.`,
      );
    }
    const found = parsed.data;
    const owner = found.projectId ?? found.project?.id;
    if (owner && owner !== project.projectId) {
      throw new NotFoundError(
        `Deployment '${externalId}' is not one of project '${project.projectId}' at Vercel.`,
      );
    }
    return found;
  }

  /** Reads a project by its id, and forgets the id when Vercel has. */
  async #readProject(project: ProjectRef): Promise<VercelProject> {
    try {
      return await this.#getProject(project.projectId, project.teamId);
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') {
        this.#projectIds.forget(project.projectId);
      }
      throw error;
    }
  }

  async #getProject(idOrName: string, teamId?: string): Promise<VercelProject> {
    return callVercel(this.options.client, {
      what: `read project '${idOrName}'`,
      run: (core, requestOptions) =>
        projectsGetProject(core, { idOrName, teamId }, requestOptions),
      schema: projectSchema,
    });
  }

  #map(deployment: VercelDeployment): ProviderDeployment {
    return mapDeployment(deployment, this.options);
  }
}
