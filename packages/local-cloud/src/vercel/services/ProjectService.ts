import type { GitHubSide } from '../../context';
import { badRequest, conflict, notFound } from '../errors';
import { newId } from '../ids';
import type { Project, RepositoryLink } from '../model';
import type { VercelStores } from '../store';
import type { VercelLimits } from '../limits';
import type { DeploymentRemover } from './DeploymentRemover';
import type { WebhookNotifier } from './WebhookNotifier';

const LONGEST_NAME = 100;

/** Settings as the API takes them; null and undefined mean none. */
export interface ProjectSettingsInput {
  framework?: string | null;
  nodeVersion?: string | null;
  buildCommand?: string | null;
  installCommand?: string | null;
  devCommand?: string | null;
  outputDirectory?: string | null;
  rootDirectory?: string | null;
  autoAssignCustomDomains?: boolean | null;
  previewDeploymentsDisabled?: boolean | null;
}

/** Creates, changes and deletes projects. */
export class ProjectService {
  readonly #stores: VercelStores;
  readonly #github: GitHubSide;
  readonly #remover: DeploymentRemover;
  readonly #notifier: WebhookNotifier;
  readonly #limits: VercelLimits;

  constructor(options: {
    stores: VercelStores;
    github: GitHubSide;
    remover: DeploymentRemover;
    notifier: WebhookNotifier;
    limits: VercelLimits;
  }) {
    this.#stores = options.stores;
    this.#github = options.github;
    this.#remover = options.remover;
    this.#notifier = options.notifier;
    this.#limits = options.limits;
  }

  create(request: {
    name: string;
    repository?: string;
    settings: ProjectSettingsInput;
  }): Project {
    checkName(request.name);
    const { projects } = this.#limits;
    if (this.#stores.projects.find(request.name)) throw nameTaken(request.name);
    if (this.#stores.projects.count() >= projects) {
      throw badRequest(
        `The team has ${projects} of ${projects} projects. Delete one, or raise the limit.`,
        'too_many_projects',
      );
    }
    const now = Date.now();
    const project: Project = {
      id: newId('prj'),
      name: request.name,
      createdAt: now,
      updatedAt: now,
      settings: mergeSettings(
        { nodeVersion: '24.x', autoAssignCustomDomains: true },
        request.settings,
      ),
      link: request.repository ? this.#link(request.repository) : undefined,
      paused: false,
    };
    if (!this.#stores.projects.insert(project)) throw nameTaken(request.name);
    this.#notifier.projectEvent('project.created', project);
    return project;
  }

  get(idOrName: string): Project {
    const project = this.#stores.projects.find(idOrName);
    if (!project) throw notFound('Project not found.');
    return project;
  }

  update(
    project: Project,
    request: { name?: string; settings: ProjectSettingsInput },
  ): Project {
    const { name } = request;
    if (name !== undefined && name !== project.name) {
      checkName(name);
      if (this.#stores.projects.find(name)) throw nameTaken(name);
    }
    const updated = this.#stores.projects.update(project.id, known => ({
      ...known,
      name: name ?? known.name,
      settings: mergeSettings(known.settings, request.settings),
    }));
    if (!updated) throw notFound('Project not found.');
    if (updated.name !== project.name) {
      this.#notifier.projectEvent('project.renamed', updated, {
        previousName: project.name,
      });
    }
    return updated;
  }

  /** Links a repository, or takes the link away. */
  setLink(project: Project, repository: string | undefined): Project {
    const link = repository ? this.#link(repository) : undefined;
    const updated = this.#stores.projects.update(project.id, known => ({
      ...known,
      link,
    }));
    if (!updated) throw notFound('Project not found.');
    return updated;
  }

  setPaused(project: Project, paused: boolean): void {
    this.#stores.projects.update(project.id, known => ({ ...known, paused }));
  }

  async delete(project: Project): Promise<void> {
    await this.#remover.removeAll(project);
    for (const resource of this.#stores.resources.list()) {
      if (!resource.projectIds.includes(project.id)) continue;
      this.#stores.resources.upsert({
        ...resource,
        projectIds: resource.projectIds.filter(id => id !== project.id),
      });
    }
    this.#stores.projects.delete(project.id);
    this.#notifier.projectEvent('project.removed', project);
  }

  #link(repository: string): RepositoryLink {
    const [owner, repo, ...rest] = repository.split('/');
    const found =
      owner && repo && rest.length === 0
        ? this.#github.findRepository({ owner, repo })
        : undefined;
    if (!found) {
      throw badRequest(
        `The repository "${repository}" couldn't be found in your linked namespaces. Check its name and that the token may read it.`,
        'repo_not_found',
      );
    }
    return {
      repositoryId: found.id,
      owner: found.owner,
      repo: found.repo,
      productionBranch: found.defaultBranch,
      createdAt: Date.now(),
    };
  }
}

function checkName(name: string): void {
  if (name.length > LONGEST_NAME) {
    throw badRequest(
      `The project name is ${name.length} characters long; at most ${LONGEST_NAME} are allowed.`,
    );
  }
  if (!/^[a-z0-9._-]+$/.test(name) || name.includes('---')) {
    throw badRequest(
      'A project name can only contain lowercase letters, digits, and the characters ".", "_", "-". However, it cannot contain the sequence "---".',
    );
  }
  // Such a name has no letter or digit left to make a host name of.
  if (!/^[a-z0-9]/.test(name) || !/[a-z0-9]$/.test(name)) {
    throw badRequest(
      'A project name must begin and end with a letter or a digit.',
    );
  }
}

function nameTaken(name: string) {
  return conflict(
    `Project "${name}" already exists, please use a new name.`,
    'conflict',
  );
}

function mergeSettings(
  known: Project['settings'],
  input: ProjectSettingsInput,
): Project['settings'] {
  const merged: Record<string, unknown> = { ...known };
  for (const [key, value] of Object.entries(input)) {
    if (value !== undefined) merged[key] = value ?? undefined;
  }
  return {
    ...merged,
    nodeVersion: input.nodeVersion ?? known.nodeVersion,
    autoAssignCustomDomains:
      input.autoAssignCustomDomains ?? known.autoAssignCustomDomains,
  };
}
