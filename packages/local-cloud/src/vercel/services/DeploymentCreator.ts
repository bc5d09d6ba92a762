import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { GitHubSide, PushEvent } from '../../context';
import type { InlineFile } from '../../runtime';
import { badRequest, notFound, rateLimited } from '../errors';
import { newDeploymentLabel } from '../hosts';
import { newId } from '../ids';
import type { Deployment, DeploymentGit, Project } from '../model';
import type { VercelStores } from '../store';
import type { CheckService } from './CheckService';
import { findEnvironmentOfBranch } from './CustomEnvironments';
import type { DeploymentBuilder } from './DeploymentBuilder';
import { collectVariables } from './deploymentVariables';
import type { WebhookNotifier } from './WebhookNotifier';

const HOUR_MILLIS = 3_600_000;
const FAILED_STATES = ['ERROR', 'CANCELED'];

/** Where the files of a new deployment come from. */
export type DeploymentSources =
  | { kind: 'git'; git: DeploymentGit }
  | { kind: 'files'; files: InlineFile[] }
  | { kind: 'same'; deployment: Deployment };

export interface CreateDeploymentOptions {
  project: Project;
  sources: DeploymentSources;
  target?: 'production';
  customEnvironment?: Deployment['customEnvironment'];
  source: Deployment['source'];
  meta: Record<string, string>;
  settings?: Partial<Deployment['settings']>;
  creator: string;
}

/** Creates deployments: for the API, for pushes, and once more. */
export class DeploymentCreator {
  readonly #stores: VercelStores;
  readonly #builder: DeploymentBuilder;
  readonly #checks: CheckService;
  readonly #notifier: WebhookNotifier;
  readonly #github: GitHubSide;
  readonly #publicHost: (host: string) => string;
  readonly #filesPath: (deploymentId: string) => string;
  readonly #deploymentsPerHour: number;

  constructor(options: {
    stores: VercelStores;
    builder: DeploymentBuilder;
    checks: CheckService;
    notifier: WebhookNotifier;
    github: GitHubSide;
    publicHost: (host: string) => string;
    filesPath: (deploymentId: string) => string;
    deploymentsPerHour: number;
  }) {
    this.#stores = options.stores;
    this.#builder = options.builder;
    this.#checks = options.checks;
    this.#notifier = options.notifier;
    this.#github = options.github;
    this.#publicHost = options.publicHost;
    this.#filesPath = options.filesPath;
    this.#deploymentsPerHour = options.deploymentsPerHour;
  }

  async create(options: CreateDeploymentOptions): Promise<Deployment> {
    this.#checkRate();
    const id = newId('dpl');
    const { sources } = options;
    await this.#keepFiles(id, sources);
    const deployment = this.#stores.transaction(() => {
      // Read again: the variables must be those of now.
      const project = this.#stores.projects.find(options.project.id);
      if (!project) {
        throw notFound(`Project "${options.project.name}" was not found.`);
      }
      const draft = this.#draft(id, project, options);
      const inserted = this.#stores.deployments.insert(draft);
      this.#checks.runAll(inserted, 'created');
      return inserted;
    });
    this.#stores.projects.update(deployment.projectId, project => project);
    this.#notifier.deploymentEvent(
      'deployment.created',
      options.project,
      deployment,
    );
    this.#builder.enqueue(id);
    return deployment;
  }

  findRepositoryById(id: number): { owner: string; repo: string } | undefined {
    return Number.isSafeInteger(id)
      ? this.#github.findRepositoryById(id)
      : undefined;
  }

  /** Reads a commit as a source; the API's words when there is none. */
  async resolveGit(options: {
    owner: string;
    repo: string;
    ref: string;
    sha?: string;
  }): Promise<DeploymentGit> {
    const { owner, repo, ref } = options;
    const repository = this.#github.findRepository({ owner, repo });
    if (!repository) {
      throw badRequest(
        `The provided GitHub repository "${owner}/${repo}" can't be found.`,
        'incorrect_git_source_info',
      );
    }
    const commit = await this.#github.findCommit({
      owner,
      repo,
      ref: options.sha ?? ref,
    });
    if (!commit) {
      throw badRequest(
        `The commit "${options.sha ?? ref}" can't be found in "${owner}/${repo}".`,
        'incorrect_git_source_info',
      );
    }
    return {
      repositoryId: repository.id,
      owner: repository.owner,
      repo: repository.repo,
      ref: ref.replace(/^refs\/heads\//, ''),
      sha: commit.sha,
      message: commit.message,
      authorName: commit.authorName,
      authorEmail: commit.authorEmail,
    };
  }

  /**
   * Deploys a pushed branch to each project that is linked to the repository.
   *
   * A commit that already has a deployment for the same target, not failed, is
   * left alone: whoever deployed it through the API was faster.
   */
  async createForPush(event: PushEvent): Promise<void> {
    const branch = /^refs\/heads\/(.+)$/.exec(event.ref)?.[1];
    if (!branch || /^0+$/.test(event.after)) return;
    const { owner, repo } = event;
    for (const project of this.#stores.projects.listLinked(owner, repo)) {
      const production = branch === project.link?.productionBranch;
      const customEnvironment = production
        ? undefined
        : findEnvironmentOfBranch(project, branch);
      const isPreview = !production && !customEnvironment;
      if (isPreview && project.settings.previewDeploymentsDisabled) continue;
      const existing = this.#stores.deployments
        .list({
          projectIds: [project.id],
          sha: event.after,
          targets: [
            customEnvironment?.id ?? (production ? 'production' : 'preview'),
          ],
          limit: 20,
        })
        .filter(({ state }) => !FAILED_STATES.includes(state));
      if (existing.length > 0) continue;
      await this.create({
        project,
        sources: {
          kind: 'git',
          git: await this.resolveGit({
            owner,
            repo,
            ref: branch,
            sha: event.after,
          }),
        },
        target: production ? 'production' : undefined,
        customEnvironment,
        source: 'git',
        meta: {},
        creator: event.login,
      });
    }
  }

  #draft(
    id: string,
    project: Project,
    options: CreateDeploymentOptions,
  ): Deployment {
    const { sources } = options;
    const draft: Deployment = {
      id,
      projectId: project.id,
      name: project.name,
      label: newDeploymentLabel(project.name),
      target: options.target,
      customEnvironment: options.customEnvironment,
      state: 'QUEUED',
      createdAt: Date.now(),
      source: options.source,
      git: gitOf(sources),
      meta: options.meta,
      creator: options.creator,
      outOfMemory: false,
      settings: {
        installCommand: project.settings.installCommand,
        buildCommand: project.settings.buildCommand,
        outputDirectory: project.settings.outputDirectory,
        rootDirectory: project.settings.rootDirectory,
        ...options.settings,
      },
      variables: {},
      secretKeys: [],
      automaticAliases: [],
    };
    return {
      ...draft,
      ...collectVariables({
        project,
        deployment: draft,
        env: this.#stores.env.list(project.id),
        publicHost: this.#publicHost,
      }),
    };
  }

  async #keepFiles(id: string, sources: DeploymentSources): Promise<void> {
    const path = this.#filesPath(id);
    if (sources.kind === 'files') {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, JSON.stringify(sources.files));
    } else if (sources.kind === 'same' && !sources.deployment.git) {
      await copyFile(this.#filesPath(sources.deployment.id), path);
    }
  }

  /** Forgets the inline files of a deployment. */
  async removeFiles(deploymentId: string): Promise<void> {
    await rm(this.#filesPath(deploymentId), { force: true });
  }

  #checkRate(): void {
    const since = Date.now() - HOUR_MILLIS;
    if (
      this.#stores.deployments.countSince(since) >= this.#deploymentsPerHour
    ) {
      throw rateLimited(
        `Resource is limited - try again in a while (more than ${
          this.#deploymentsPerHour
        } deployments in an hour).`,
        60,
      );
    }
  }
}

function gitOf(sources: DeploymentSources): DeploymentGit | undefined {
  if (sources.kind === 'git') return sources.git;
  return sources.kind === 'same' ? sources.deployment.git : undefined;
}
