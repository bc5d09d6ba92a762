import { ApiError } from '../../http';
import { badRequest, notFound } from '../errors';
import { environmentHost } from '../hosts';
import { newId } from '../ids';
import type { VercelLimits } from '../limits';
import {
  ENVIRONMENTS,
  type CustomEnvironment,
  type Deployment,
  type Project,
} from '../model';
import type { VercelStores } from '../store';

/** What a caller says of a custom environment. */
interface CustomEnvironmentInput {
  slug?: string;
  description?: string;
  /** Null takes it away. */
  branchMatcher?: CustomEnvironment['branchMatcher'] | null;
}

/**
 * Keeps the environments that projects have beside the three standard ones,
 * and points the host name of each at its newest deployment that is ready.
 */
export class CustomEnvironments {
  readonly #stores: VercelStores;
  readonly #limits: VercelLimits;

  constructor(options: { stores: VercelStores; limits: VercelLimits }) {
    this.#stores = options.stores;
    this.#limits = options.limits;
  }

  /** Copies the variables of another environment where one is named. */
  create(
    project: Project,
    input: CustomEnvironmentInput & { copyEnvVarsFrom?: string },
  ): CustomEnvironment {
    const { slug = '', description, branchMatcher, copyEnvVarsFrom } = input;
    checkSlug(slug);
    const now = Date.now();
    const environment: CustomEnvironment = {
      id: newId('env', 24),
      slug,
      description,
      branchMatcher: branchMatcher ?? undefined,
      createdAt: now,
      updatedAt: now,
    };
    this.#stores.transaction(() => {
      const updated = this.#stores.projects.update(project.id, known => {
        const existing = known.customEnvironments ?? [];
        this.#checkRoom(existing, known);
        checkSlugIsFree(existing, slug, known);
        return { ...known, customEnvironments: [...existing, environment] };
      });
      if (!updated) throw notFound('Project not found.');
      if (copyEnvVarsFrom) this.#copyVariables(updated, copyEnvVarsFrom, slug);
    });
    return environment;
  }

  update(
    project: Project,
    known: CustomEnvironment,
    input: CustomEnvironmentInput,
  ): CustomEnvironment {
    const { slug, description, branchMatcher } = input;
    if (slug !== undefined) checkSlug(slug);
    const changed: CustomEnvironment = {
      ...known,
      slug: slug ?? known.slug,
      description: description ?? known.description,
      branchMatcher:
        branchMatcher === undefined
          ? known.branchMatcher
          : (branchMatcher ?? undefined),
      updatedAt: Date.now(),
    };
    this.#stores.transaction(() => {
      this.#stores.projects.update(project.id, current => {
        const others = (current.customEnvironments ?? []).filter(
          ({ id }) => id !== known.id,
        );
        checkSlugIsFree(others, changed.slug, current);
        return { ...current, customEnvironments: [...others, changed] };
      });
      if (changed.slug === known.slug) return;
      const alias = this.#stores.aliases.find(
        environmentHost(project.name, known.slug),
      );
      if (!alias || alias.projectId !== project.id) return;
      this.#stores.aliases.delete(alias.host);
      this.#stores.aliases.assign({
        ...alias,
        host: environmentHost(project.name, changed.slug),
      });
    });
    return changed;
  }

  /** Leaves its deployments, which keep the URLs of their own. */
  delete(
    project: Project,
    { id, slug }: CustomEnvironment,
    options: { deletesVariables: boolean },
  ): void {
    this.#stores.transaction(() => {
      this.#stores.projects.update(project.id, known => ({
        ...known,
        customEnvironments: known.customEnvironments?.filter(
          other => other.id !== id,
        ),
      }));
      this.#stores.aliases.delete(environmentHost(project.name, slug));
      for (const variable of this.#stores.env.list(project.id)) {
        const { customEnvironmentIds = [], targets } = variable;
        if (!customEnvironmentIds.includes(id)) continue;
        const left = customEnvironmentIds.filter(other => other !== id);
        const isUnassigned = left.length === 0 && targets.length === 0;
        if (isUnassigned && options.deletesVariables) {
          this.#stores.env.delete(variable.id);
        } else {
          this.#stores.env.upsert({ ...variable, customEnvironmentIds: left });
        }
      }
    });
  }

  get(project: Project, slugOrId: string): CustomEnvironment {
    const found = findEnvironment(project, slugOrId);
    if (!found) {
      throw notFound(
        `The custom environment "${slugOrId.slice(0, 60)}" was not found in "${project.name}".`,
        'custom_environment_not_found',
      );
    }
    return found;
  }

  /** Points its host name at a deployment that became ready just now. */
  admit(project: Project, deployment: Deployment): string | undefined {
    const { customEnvironment } = deployment;
    const environment =
      customEnvironment && findEnvironment(project, customEnvironment.id);
    if (!environment) return undefined;
    const host = environmentHost(project.name, environment.slug);
    const serving = this.#stores.aliases.find(host);
    if (serving && serving.projectId !== project.id) return undefined;
    const live = serving && this.#stores.deployments.find(serving.deploymentId);
    // A slow build must not undo what a later one has brought.
    if (live && live.createdAt > deployment.createdAt) return undefined;
    this.#stores.aliases.assign({
      host,
      projectId: project.id,
      deploymentId: deployment.id,
    });
    return host;
  }

  #checkRoom(existing: CustomEnvironment[], project: Project): void {
    const { customEnvironmentsPerProject: most } = this.#limits;
    if (existing.length < most) return;
    throw new ApiError(
      402,
      most === 0
        ? 'Custom environments are not available on your plan. Upgrade to Pro to create one.'
        : `"${project.name}" has ${existing.length} custom environments, and your plan allows ${most}.`,
      { code: 'payment_required' },
    );
  }

  /** Copies what holds for every branch; the origin keeps its own. */
  #copyVariables(project: Project, from: string, slug: string): void {
    const { id } = this.get(project, slug);
    const standard = ENVIRONMENTS.find(name => name === from);
    const origin = standard ?? this.get(project, from).id;
    const now = Date.now();
    for (const variable of this.#stores.env.list(project.id)) {
      const { targets, customEnvironmentIds = [], gitBranch } = variable;
      const isOfOrigin =
        customEnvironmentIds.includes(origin) ||
        targets.some(target => target === origin);
      if (!isOfOrigin || gitBranch) continue;
      this.#stores.env.upsert({
        ...variable,
        id: newId('env', 16),
        targets: [],
        customEnvironmentIds: [id],
        createdAt: now,
        updatedAt: now,
      });
    }
  }
}

/** Finds an environment of a project by its id or slug. */
export function findEnvironment(
  { customEnvironments = [] }: Project,
  slugOrId: string,
): CustomEnvironment | undefined {
  return customEnvironments.find(
    ({ id, slug }) => id === slugOrId || slug === slugOrId,
  );
}

/** Finds the environment that pushes to a branch are deployed to. */
export function findEnvironmentOfBranch(
  { customEnvironments = [] }: Project,
  branch: string,
): CustomEnvironment | undefined {
  return customEnvironments.find(({ branchMatcher }) => {
    if (!branchMatcher) return false;
    const { type, pattern } = branchMatcher;
    if (type === 'equals') return branch === pattern;
    return type === 'startsWith'
      ? branch.startsWith(pattern)
      : branch.endsWith(pattern);
  });
}

function checkSlug(slug: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(slug)) {
    throw badRequest(
      'Invalid request: `slug` must be 1 to 32 lower case letters, digits and hyphens.',
    );
  }
  if (ENVIRONMENTS.some(name => name === slug)) {
    throw badRequest(
      `Invalid request: a custom environment cannot be named "${slug}".`,
    );
  }
}

function checkSlugIsFree(
  others: CustomEnvironment[],
  slug: string,
  project: Project,
): void {
  if (!others.some(other => other.slug === slug)) return;
  throw badRequest(
    `"${project.name}" already has a custom environment "${slug}".`,
    'custom_environment_already_exists',
  );
}
