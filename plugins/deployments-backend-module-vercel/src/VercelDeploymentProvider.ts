import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import { ConflictError } from '@backstage/errors';
import { findSourceUrl } from '@forkyard/backend-kit';
import {
  ANNOTATION_VERCEL_PROJECT_ID,
  ANNOTATION_VERCEL_TEAM_ID,
  type BuildLogLine,
} from '@forkyard/plugin-deployments-common';
import type {
  CanaryTraffic,
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
  ProviderEnvironment,
  ProviderNudge,
} from '@forkyard/plugin-deployments-node';
import type { Waiting } from './awaitOutcome';
import { mapDeployment, mapState } from './mapDeployment';
import { isLinkedTo } from './projectLink';
import { RollingReleaseApi } from './RollingReleaseApi';
import { streamBuildLog } from './streamBuildLog';
import type { VercelApi } from './VercelApi';
import { VercelCanaryTraffic } from './VercelCanaryTraffic';
import { VercelChecks } from './VercelChecks';
import { VercelEnvironments } from './VercelEnvironments';
import { VercelProduction } from './VercelProduction';
import type { VercelDeployment } from './vercelSchemas';
import type { VercelWebhooks } from './webhooks/VercelWebhooks';

/** Vercel's own bound on one page. */
const PAGE_LIMIT = 100;

export interface VercelDeploymentProviderOptions {
  api: VercelApi;
  webhooks: VercelWebhooks;
  /** Where commits are shown, without a trailing slash. */
  gitHubUrl: string;
  /** Whether any repository may name any project. */
  trustAnnotations: boolean;
  /** How long Vercel may move traffic. Default 60 s, looked at every 500 ms. */
  waiting?: Waiting;
}

/**
 * Speaks to Vercel, or to whatever speaks Vercel's API.
 */
export class VercelDeploymentProvider implements DeploymentProvider {
  readonly id = 'vercel';
  readonly annotation = ANNOTATION_VERCEL_PROJECT_ID;
  readonly canary: CanaryTraffic;
  readonly checks: VercelChecks;
  readonly #environments: VercelEnvironments;
  readonly #production: VercelProduction;

  constructor(private readonly options: VercelDeploymentProviderOptions) {
    const { api, waiting } = options;
    const releases = new RollingReleaseApi(api.client);
    this.checks = new VercelChecks(api);
    this.#environments = new VercelEnvironments(api);
    this.#production = new VercelProduction({ api, releases, waiting });
    this.canary = new VercelCanaryTraffic({
      releases,
      production: this.#production,
      logger: api.client.logger,
      waiting,
    });
  }

  /**
   * Throws `ConflictError` when the entity's file is in a repository that the
   * project is not linked to: who writes there could act on it in our name.
   */
  async resolveProject(entity: Entity): Promise<ProjectRef | undefined> {
    const { api, gitHubUrl, trustAnnotations } = this.options;
    const { client, projectIds } = api;
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
    let projectId = projectIds.find(name);
    if (!projectId) {
      const project = await api.getProject(idOrName, { teamId });
      if (sourceUrl && !isLinkedTo(project, { sourceUrl, gitHubUrl })) {
        throw new ConflictError(
          `Project '${idOrName}' at Vercel is not linked to the repository of '${stringifyEntityRef(entity)}' (${sourceUrl}), or not from its production branch. Link it there, register the file as it is on that branch, or correct the annotation '${this.annotation}'.`,
        );
      }
      projectId = project.id;
      projectIds.put(name, projectId);
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
      const page = await this.options.api.listPage(project, {
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
    return this.#map(await this.options.api.getDeployment(project, externalId));
  }

  async listEnvironments(project: ProjectRef): Promise<ProviderEnvironment[]> {
    const found = await this.options.api.readProject(project);
    const [production, custom] = await Promise.all([
      this.#production.describe(project, found),
      this.#environments.list(project, found),
    ]);
    return [production, ...custom];
  }

  streamBuildLog(
    project: ProjectRef,
    externalId: string,
    options: { follow: boolean; signal: AbortSignal },
  ): AsyncIterable<BuildLogLine> {
    return streamBuildLog({
      ...options,
      client: this.options.api.client,
      deploymentId: externalId,
      teamId: project.teamId,
      getState: async () =>
        mapState(await this.options.api.getDeployment(project, externalId)),
    });
  }

  async redeploy(
    project: ProjectRef,
    externalId: string,
  ): Promise<ProviderDeployment> {
    const { api } = this.options;
    const origin = await api.getDeployment(project, externalId);
    const id = await api.createFromDeployment(project, {
      what: `redeploy '${externalId}'`,
      origin,
      originId: externalId,
      target: origin.customEnvironment ? undefined : origin.target,
      customEnvironment: origin.customEnvironment?.slug,
    });
    return this.getDeployment(project, id);
  }

  async deployTo(
    project: ProjectRef,
    request: { externalId: string; environment: string; key?: string },
  ): Promise<ProviderDeployment> {
    const id = await this.#environments.deployTo(project, request);
    return this.getDeployment(project, id);
  }

  async ensureEnvironment(
    project: ProjectRef,
    request: { environment: string },
  ): Promise<void> {
    await this.#environments.ensure(project, request.environment);
  }

  async promote(project: ProjectRef, externalId: string): Promise<void> {
    await this.#production.promote(project, externalId);
  }

  async rollback(project: ProjectRef, externalId: string): Promise<void> {
    await this.#production.rollback(project, externalId);
  }

  async setStaging(
    project: ProjectRef,
    request: { isStaged: boolean },
  ): Promise<void> {
    await this.options.api.setAutoAssign(project, !request.isStaged);
    await this.checks.align(project, request);
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

  #map(deployment: VercelDeployment): ProviderDeployment {
    return mapDeployment(deployment, this.options);
  }
}
