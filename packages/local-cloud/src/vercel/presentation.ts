import { customEnvironmentShape } from './customEnvironmentShape';
import { deploymentHost, publicHost } from './hosts';
import {
  TEAM,
  type Alias,
  type CustomEnvironment,
  type Deployment,
  type Project,
} from './model';
import { linkShape, productionAliases } from './projectShapes';
import { configShape } from './rollingReleaseShape';
import { findEnvironment } from './services/CustomEnvironments';
import { findActive } from './services/activeRelease';
import type { VercelStores } from './store';

// What the API's schema demands and nothing here makes use of.
const UNUSED_PROJECT_FIELDS = {
  defaultResourceConfig: { functionDefaultRegions: ['dev1'] },
  resourceConfig: { functionDefaultRegions: ['dev1'] },
  deploymentExpiration: {},
  directoryListing: false,
};

/** Writes what we keep in the shapes of the API. */
export class Presenter {
  readonly #stores: VercelStores;
  readonly #apiUrl: () => string;
  readonly #gatewayPort: () => number;

  constructor(options: {
    stores: VercelStores;
    apiUrl: () => string;
    gatewayPort: () => number;
  }) {
    this.#stores = options.stores;
    this.#apiUrl = options.apiUrl;
    this.#gatewayPort = options.gatewayPort;
  }

  publicHost(host: string): string {
    return publicHost(host, this.#gatewayPort());
  }

  /** Host and port without a scheme, as the API gives it. */
  deploymentUrl(deployment: Deployment): string {
    return this.publicHost(deploymentHost(deployment));
  }

  inspectorUrl(deployment: Deployment): string {
    return `${this.projectPageUrl(deployment.name)}/${deployment.id}`;
  }

  projectPageUrl(name: string): string {
    return `${this.#apiUrl()}/${TEAM.slug}/${encodeURIComponent(name)}`;
  }

  /** The meta of the request, and what the platform adds from git. */
  meta(deployment: Deployment): Record<string, string> {
    const { git } = deployment;
    if (!git) return deployment.meta;
    return {
      githubDeployment: '1',
      githubOrg: git.owner,
      githubRepo: git.repo,
      githubRepoId: String(git.repositoryId),
      githubCommitOrg: git.owner,
      githubCommitRepo: git.repo,
      githubCommitRepoId: String(git.repositoryId),
      githubCommitRef: git.ref,
      githubCommitSha: git.sha,
      githubCommitMessage: git.message,
      githubCommitAuthorName: git.authorName,
      githubCommitAuthorEmail: git.authorEmail,
      githubCommitAuthorLogin: deployment.creator,
      ...deployment.meta,
    };
  }

  project(project: Project) {
    const { settings, link, rollback } = project;
    const live =
      project.productionDeploymentId &&
      this.#stores.deployments.find(project.productionDeploymentId);
    const latest = this.#stores.deployments.list({
      projectIds: [project.id],
      limit: 5,
    });
    return {
      ...UNUSED_PROJECT_FIELDS,
      accountId: TEAM.id,
      id: project.id,
      name: project.name,
      createdAt: project.createdAt,
      updatedAt: project.updatedAt,
      framework: settings.framework ?? null,
      nodeVersion: settings.nodeVersion,
      buildCommand: settings.buildCommand ?? null,
      installCommand: settings.installCommand ?? null,
      devCommand: settings.devCommand ?? null,
      outputDirectory: settings.outputDirectory ?? null,
      rootDirectory: settings.rootDirectory ?? null,
      autoAssignCustomDomains: settings.autoAssignCustomDomains,
      previewDeploymentsDisabled: settings.previewDeploymentsDisabled ?? false,
      autoExposeSystemEnvs: true,
      live: false,
      paused: project.paused,
      customEnvironments: (project.customEnvironments ?? []).map(item =>
        this.customEnvironment(project, item),
      ),
      hasDeployments: latest.length > 0,
      alias: productionAliases(project, {
        stores: this.#stores,
        publicHost: host => this.publicHost(host),
      }),
      latestDeployments: latest.map(item => this.#target(item)),
      targets: live ? { production: this.#target(live) } : {},
      lastAliasRequest: project.lastAliasRequest
        ? {
            ...project.lastAliasRequest,
            fromDeploymentId: project.lastAliasRequest.fromDeploymentId || null,
          }
        : null,
      lastRollbackTarget: rollback
        ? { deploymentId: rollback.deploymentId, at: rollback.at }
        : null,
      ...(rollback?.description && {
        rollbackDescription: {
          userId: 'forkyard',
          username: 'forkyard',
          description: rollback.description,
          createdAt: rollback.at,
        },
      }),
      ...(project.rollingReleaseConfig && {
        rollingRelease: configShape(project.rollingReleaseConfig),
      }),
      ...(link && { link: linkShape(link) }),
    };
  }

  customEnvironment(project: Project, environment: CustomEnvironment) {
    return customEnvironmentShape(project, environment, {
      stores: this.#stores,
      publicHost: host => this.publicHost(host),
    });
  }

  deployment(deployment: Deployment) {
    const { git, settings } = deployment;
    const project = this.#stores.projects.find(deployment.projectId);
    const aliases = this.aliasesOf(deployment).map(({ host }) =>
      this.publicHost(host),
    );
    return {
      id: deployment.id,
      uid: deployment.id,
      url: this.deploymentUrl(deployment),
      name: deployment.name,
      projectId: deployment.projectId,
      ownerId: TEAM.id,
      version: 2,
      type: 'LAMBDAS',
      plan: 'pro',
      public: false,
      regions: ['dev1'],
      routes: null,
      createdIn: 'dev1',
      createdAt: deployment.createdAt,
      bootedAt: deployment.buildingAt ?? deployment.createdAt,
      buildingAt: deployment.buildingAt ?? 0,
      buildSkipped: false,
      isInConcurrentBuildsQueue: deployment.state === 'QUEUED',
      isInSystemBuildsQueue: false,
      readyState: deployment.state,
      status: deployment.state,
      readySubstate: this.#substate(deployment),
      target: deployment.target ?? null,
      ready: deployment.readyAt,
      canceledAt:
        deployment.state === 'CANCELED' ? deployment.endedAt : undefined,
      buildErrorAt:
        deployment.state === 'ERROR' ? deployment.endedAt : undefined,
      errorCode: deployment.errorCode,
      errorMessage: deployment.errorMessage ?? null,
      oomReport: deployment.outOfMemory ? 'out-of-memory' : undefined,
      alias: aliases,
      automaticAliases: deployment.automaticAliases.map(host =>
        this.publicHost(host),
      ),
      aliasAssigned: deployment.state === 'READY',
      aliasAssignedAt: deployment.readyAt ?? null,
      aliasError: null,
      autoAssignCustomDomains: project?.settings.autoAssignCustomDomains,
      inspectorUrl: this.inspectorUrl(deployment),
      creator: { uid: deployment.creator, username: deployment.creator },
      team: TEAM,
      meta: this.meta(deployment),
      build: { env: [] },
      env: Object.keys(deployment.variables),
      projectSettings: {
        buildCommand: settings.buildCommand ?? null,
        installCommand: settings.installCommand ?? null,
        outputDirectory: settings.outputDirectory ?? null,
      },
      source: apiSource(deployment),
      customEnvironment: this.#environmentOf(deployment, project),
      ...(project && {
        project: {
          id: project.id,
          name: project.name,
          framework: project.settings.framework ?? null,
        },
      }),
      ...(git && {
        gitSource: {
          type: 'github',
          org: git.owner,
          repo: git.repo,
          repoId: git.repositoryId,
          ref: git.ref,
          sha: git.sha,
          prId: null,
        },
      }),
    };
  }

  /** A deployment as it stands in the list of deployments. */
  deploymentItem(deployment: Deployment) {
    return {
      uid: deployment.id,
      name: deployment.name,
      projectId: deployment.projectId,
      url: this.deploymentUrl(deployment),
      inspectorUrl: this.inspectorUrl(deployment),
      type: 'LAMBDAS',
      created: deployment.createdAt,
      createdAt: deployment.createdAt,
      buildingAt: deployment.buildingAt,
      ready: deployment.readyAt,
      state: deployment.state,
      readyState: deployment.state,
      readySubstate: this.#substate(deployment),
      target: deployment.target ?? null,
      source: apiSource(deployment),
      customEnvironment: deployment.customEnvironment,
      creator: {
        uid: deployment.creator,
        username: deployment.creator,
        githubLogin: deployment.creator,
      },
      meta: this.meta(deployment),
      aliasAssigned: deployment.readyAt ?? null,
      aliasError: null,
      isRollbackCandidate: this.#isRollbackCandidate(deployment),
      errorCode: deployment.errorCode,
      errorMessage: deployment.errorMessage ?? null,
      oomReport: deployment.outOfMemory ? 'out-of-memory' : undefined,
      projectSettings: {},
    };
  }

  aliasesOf(deployment: Deployment): Alias[] {
    return this.#stores.aliases.listByDeployment(deployment.id);
  }

  /** A deployment as it stands inside a project. */
  #target(deployment: Deployment) {
    return {
      id: deployment.id,
      name: deployment.name,
      url: this.deploymentUrl(deployment),
      deploymentHostname: deployment.label,
      alias: this.aliasesOf(deployment).map(({ host }) =>
        this.publicHost(host),
      ),
      aliasAssigned: deployment.readyAt ?? null,
      aliasError: null,
      automaticAliases: deployment.automaticAliases.map(host =>
        this.publicHost(host),
      ),
      buildingAt: deployment.buildingAt,
      createdAt: deployment.createdAt,
      createdIn: 'dev1',
      creator: {
        uid: deployment.creator,
        username: deployment.creator,
        email: `${deployment.creator}@localhost`,
      },
      meta: this.meta(deployment),
      plan: 'pro',
      private: true,
      readyAt: deployment.readyAt,
      readyState: deployment.state,
      readySubstate: this.#substate(deployment),
      target: deployment.target ?? null,
      teamId: TEAM.id,
      type: 'LAMBDAS',
      userId: deployment.creator,
    };
  }

  #substate(deployment: Deployment) {
    if (deployment.state !== 'READY' || deployment.target !== 'production') {
      return undefined;
    }
    const project = this.#stores.projects.find(deployment.projectId);
    const release = project && findActive(project);
    if (release?.canaryDeploymentId === deployment.id) return 'ROLLING';
    return deployment.promotedAt ? 'PROMOTED' : 'STAGED';
  }

  #environmentOf(
    { customEnvironment }: Deployment,
    project: Project | undefined,
  ) {
    const known =
      customEnvironment &&
      project &&
      findEnvironment(project, customEnvironment.id);
    return known ? this.customEnvironment(project, known) : customEnvironment;
  }

  #isRollbackCandidate(deployment: Deployment): boolean {
    if (deployment.state !== 'READY' || !deployment.promotedAt) return false;
    const project = this.#stores.projects.find(deployment.projectId);
    return project?.productionDeploymentId !== deployment.id;
  }
}

function apiSource(deployment: Deployment): string | undefined {
  if (deployment.source === 'api') {
    return deployment.git ? 'api-trigger-git-deploy' : undefined;
  }
  return deployment.source;
}
