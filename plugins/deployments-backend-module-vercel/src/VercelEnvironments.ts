import {
  ConflictError,
  InputError,
  isError,
  NotFoundError,
} from '@backstage/errors';
import { callVercel, findUpstreamFailure } from '@forkyard/backend-kit';
import type {
  ProjectRef,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import { environmentCreateCustomEnvironment } from '@vercel/sdk/funcs/environmentCreateCustomEnvironment.js';
import { sortHosts, toUrl } from './mapDeployment';
import type { VercelApi } from './VercelApi';
import {
  ignoredSchema,
  type VercelDeployment,
  type VercelProject,
} from './vercelSchemas';

const PRODUCTION = 'production';

/** Names that Vercel gives to environments of its own. */
const STANDARD = [PRODUCTION, 'preview', 'development'];

/** Without a key, one that was made this recently is taken for the one asked for. */
const JUST_NOW_MS = 5 * 60_000;
const PAGE_LIMIT = 100;

/**
 * Marks in the `meta` of what we have built; Vercel keeps them as they are.
 * Whoever may deploy to the project may set them, too: only a key that nobody
 * can guess tells what is ours.
 */
const SOURCE_MARK = 'forkyardSource';
const KEY_MARK = 'forkyardRequest';

const RUNNING = ['QUEUED', 'INITIALIZING', 'BUILDING', 'ANALYZING', 'BLOCKED'];
const FAILED = ['ERROR', 'CANCELED', 'DELETED'];

/**
 * Keeps the environments beside production and previews, which Vercel calls
 * custom ones, and builds deployments anew for other environments.
 */
export class VercelEnvironments {
  constructor(private readonly api: VercelApi) {}

  /** Reads of a project what its custom environments serve. */
  async list(
    project: ProjectRef,
    { customEnvironments = [] }: VercelProject,
  ): Promise<ProviderEnvironment[]> {
    const found = await Promise.all(
      customEnvironments.map(async environment => {
        const { slug, domains = [], currentDeploymentAliases } = environment;
        if (!slug) return undefined;
        const own = domains.flatMap(({ name }) => (name ? [name] : []));
        const hosts = new Set([...own, ...(currentDeploymentAliases ?? [])]);
        return {
          environment: slug,
          liveExternalId: await this.#findNewestReady(project, slug),
          aliases: sortHosts([...hosts]).map(toUrl),
        };
      }),
    );
    return found.filter(environment => environment !== undefined);
  }

  /**
   * Makes the environment when it is not there, with the variables of previews:
   * production's secrets are not for what was not proven yet.
   */
  async ensure(project: ProjectRef, environment: string): Promise<void> {
    if (STANDARD.includes(environment)) {
      if (environment !== 'development') return;
      throw new InputError(
        "Vercel's environment 'development' is for machines of developers: nothing is deployed to it. Choose another name.",
      );
    }
    if (await this.#exists(project, environment)) return;
    try {
      await this.#create(project, environment);
    } catch (error) {
      // Somebody else may have made it meanwhile, or our answer was lost.
      if (await this.#exists(project, environment)) return;
      throw describeRefusal(error, project, environment);
    }
  }

  /** Builds the sources of a deployment for an environment, or finds that build. */
  async deployTo(
    project: ProjectRef,
    request: { externalId: string; environment: string; key?: string },
  ): Promise<string> {
    const { externalId, environment, key } = request;
    if (environment === 'preview') {
      throw new InputError(
        `Deployment '${externalId}' cannot be deployed to 'preview': each preview is of a branch. Push its commit to one.`,
      );
    }
    const made = await this.#findMade(project, request);
    if (made) return made;
    const isProduction = environment === PRODUCTION;
    return this.api.createFromDeployment(project, {
      what: `deploy '${externalId}' to ${environment}`,
      origin: await this.api.getDeployment(project, externalId),
      originId: externalId,
      target: isProduction ? PRODUCTION : undefined,
      customEnvironment: isProduction ? undefined : environment,
      meta: { [SOURCE_MARK]: externalId, ...(key && { [KEY_MARK]: key }) },
    });
  }

  /**
   * Finds what was made before. A key counts alone, and of several deployments
   * with it the oldest: the others copied it from there.
   */
  async #findMade(
    project: ProjectRef,
    request: { externalId: string; environment: string; key?: string },
  ): Promise<string | undefined> {
    const { externalId, environment, key } = request;
    const { deployments } = await this.api.listPage(project, {
      limit: PAGE_LIMIT,
      target: environment,
    });
    const isIt = (deployment: VercelDeployment) => {
      const { meta = {}, readyState, state } = deployment;
      const now = readyState ?? state ?? '';
      const made = madeAt(deployment);
      if (key !== undefined) return meta[KEY_MARK] === key;
      if (meta[SOURCE_MARK] !== externalId || FAILED.includes(now)) {
        return false;
      }
      return RUNNING.includes(now) || made > Date.now() - JUST_NOW_MS;
    };
    const [found] = deployments
      .filter(isIt)
      .sort((one, other) => madeAt(one) - madeAt(other));
    return found && (found.uid ?? found.id);
  }

  async #exists(project: ProjectRef, slug: string): Promise<boolean> {
    const { customEnvironments = [] } = await this.api.readProject(project);
    return customEnvironments.some(known => known.slug === slug);
  }

  async #create(project: ProjectRef, slug: string): Promise<void> {
    const { projectId, teamId } = project;
    await callVercel(this.api.client, {
      what: `create the environment '${slug}' of project '${projectId}'`,
      // A lost answer is looked up instead.
      retry: 'never',
      run: (core, requestOptions) =>
        environmentCreateCustomEnvironment(
          core,
          {
            idOrName: projectId,
            teamId,
            requestBody: {
              slug,
              description: 'Made by Forkyard, as forkyard.yaml names it',
              copyEnvVarsFrom: 'preview',
            },
          },
          requestOptions,
        ),
      schema: ignoredSchema,
    });
  }

  async #findNewestReady(
    project: ProjectRef,
    target: string,
  ): Promise<string | undefined> {
    const { deployments } = await this.api.listPage(project, {
      limit: 1,
      target,
      state: 'READY',
    });
    return deployments[0] && (deployments[0].uid ?? deployments[0].id);
  }
}

function madeAt({ createdAt, created }: VercelDeployment): number {
  return (createdAt ?? created)?.getTime() ?? 0;
}

/** Vercel answers 402 or 403 where the plan has no such environments. */
function describeRefusal(
  error: unknown,
  { projectId }: ProjectRef,
  environment: string,
): unknown {
  const status = findUpstreamFailure(error)?.status;
  const isPlan = status === 402 || status === 403;
  if (isError(error) && error.name === 'NotFoundError') {
    return new NotFoundError(
      `Vercel has no project '${projectId}' in which to create the environment '${environment}', or no custom environments for this team.`,
      error,
    );
  }
  if (!isPlan || !isError(error)) return error;
  const said = findUpstreamFailure(error)?.message;
  return new ConflictError(
    `Vercel did not create the environment '${environment}' of project '${projectId}' (${status})${said ? `: ${said.replace(/\.$/, '')}` : ''}. Custom environments need Vercel's plan Pro, with one for each project, or Enterprise, and a token that may manage the project: upgrade the plan, use an environment that exists, or take '${environment}' out of forkyard.yaml.`,
    error,
  );
}
