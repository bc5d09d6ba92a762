import type express from 'express';
import { z } from 'zod';
import { getCaller } from '../../http';
import { badRequest, parseRequest } from '../errors';
import type { Deployment, Project } from '../model';
import { findEnvironment } from '../services/CustomEnvironments';
import type { DeploymentSources } from '../services/DeploymentCreator';
import type { VercelContext } from '../VercelContext';
import { describePage, getDeployment, parsePage } from './requests';

const gitSourceSchema = z.looseObject({
  type: z.literal('github', 'must be "github", the only one here'),
  org: z.string().optional(),
  repo: z.string().optional(),
  repoId: z.union([z.number(), z.string()]).optional(),
  ref: z.string().min(1).max(250),
  sha: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, 'must be the id of a commit')
    .nullish(),
});

const fileSchema = z.looseObject({
  file: z.string().min(1).max(1024),
  data: z.string('must be given: uploaded files are not supported here'),
  encoding: z.enum(['utf-8', 'base64']).optional(),
});

const createSchema = z.looseObject({
  name: z.string().optional(),
  project: z.string().optional(),
  target: z.string().nullish(),
  customEnvironmentSlugOrId: z.string().max(60).optional(),
  deploymentId: z.string().optional(),
  withLatestCommit: z.boolean().optional(),
  gitSource: gitSourceSchema.optional(),
  files: z.array(fileSchema).max(5_000).optional(),
  meta: z.record(z.string(), z.coerce.string()).optional(),
  projectSettings: z
    .looseObject({
      buildCommand: z.string().nullish(),
      installCommand: z.string().nullish(),
      outputDirectory: z.string().nullish(),
      rootDirectory: z.string().nullish(),
    })
    .optional(),
});

type CreateBody = z.infer<typeof createSchema>;

const listSchema = z.object({
  projectId: z.string().optional(),
  projectIds: z.union([z.string(), z.array(z.string())]).optional(),
  app: z.string().optional(),
  target: z.string().optional(),
  state: z.string().optional(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  rollbackCandidate: z.string().optional(),
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
});

/** Deployments: create, get, list, cancel, delete. */
export function deploymentRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { presenter, stores } = context;

  router.post('/v13/deployments', async (request, response) => {
    const body = parseRequest(createSchema, request.body);
    const deployment = await create(context, body, getCaller(response).login);
    response.json(presenter.deployment(deployment));
  });

  router.get('/v13/deployments/:idOrUrl', (request, response) => {
    const deployment = getDeployment(context, request.params.idOrUrl);
    response.json(presenter.deployment(deployment));
  });

  router.get(/^\/v(?:6|7)\/deployments$/, (request, response) => {
    const page = parsePage(request.query);
    const query = parseRequest(listSchema, request.query);
    const projectIds = projectIdsOf(context, query);
    const deployments = stores.deployments
      .list({
        limit: page.limit,
        until: page.until ?? query.to,
        since: page.since ?? query.from,
        projectIds,
        name: query.app,
        targets: parseTargetFilter(context, query.target, projectIds),
        states: query.state?.toUpperCase().split(','),
        sha: query.sha,
        branch: query.branch,
      })
      .map(deployment => presenter.deploymentItem(deployment));
    response.json({
      deployments: deployments.filter(
        item =>
          query.rollbackCandidate === undefined ||
          String(item.isRollbackCandidate) === query.rollbackCandidate,
      ),
      pagination: describePage(deployments, page, item => item.createdAt),
    });
  });

  router.patch('/v12/deployments/:id/cancel', async (request, response) => {
    const deployment = getDeployment(context, request.params.id);
    const canceled = await context.remover.cancel(deployment);
    response.json(presenter.deployment(canceled));
  });

  router.delete('/v13/deployments/:id', async (request, response) => {
    const deployment = getDeployment(context, request.params.id);
    await context.remover.delete(deployment);
    response.json({ uid: deployment.id, state: 'DELETED' });
  });
}

async function create(
  context: VercelContext,
  body: CreateBody,
  login: string,
): Promise<Deployment> {
  const known = body.deploymentId
    ? getDeployment(context, body.deploymentId)
    : undefined;
  const project = findProject(context, body, known);
  const { projectSettings } = body;
  return context.creator.create({
    project,
    sources: await findSources(context, body, known),
    ...findTarget(context, project, body, known),
    source: known ? 'redeploy' : 'api',
    meta: { ...known?.meta, ...body.meta },
    settings: {
      ...known?.settings,
      ...(projectSettings &&
        Object.fromEntries(
          Object.entries(projectSettings).filter(([, value]) => value !== null),
        )),
    },
    creator: login,
  });
}

function findProject(
  context: VercelContext,
  body: CreateBody,
  known: Deployment | undefined,
): Project {
  const named = body.project ?? known?.projectId;
  if (named) return context.projects.get(named);
  if (!body.name) {
    throw badRequest('Invalid request: missing required property `name`.');
  }
  // Like the real one: a deployment of a new name makes its project.
  return (
    context.stores.projects.find(body.name) ??
    context.projects.create({ name: body.name, settings: {} })
  );
}

async function findSources(
  context: VercelContext,
  body: CreateBody,
  known: Deployment | undefined,
): Promise<DeploymentSources> {
  if (known && !(body.withLatestCommit && known.git)) {
    return { kind: 'same', deployment: known };
  }
  if (known?.git) {
    const { owner, repo, ref } = known.git;
    return {
      kind: 'git',
      git: await context.creator.resolveGit({ owner, repo, ref }),
    };
  }
  if (body.gitSource) {
    const { ref, sha } = body.gitSource;
    const { owner, repo } = findRepository(context, body.gitSource);
    const git = await context.creator.resolveGit({
      owner,
      repo,
      ref,
      sha: sha ?? undefined,
    });
    return { kind: 'git', git };
  }
  if (!body.files?.length) {
    throw badRequest(
      'Invalid request: one of `gitSource`, `files`, `deploymentId` is required.',
    );
  }
  return { kind: 'files', files: body.files };
}

function findRepository(
  context: VercelContext,
  source: NonNullable<CreateBody['gitSource']>,
): { owner: string; repo: string } {
  if (source.org && source.repo) {
    return { owner: source.org, repo: source.repo };
  }
  const found =
    source.repoId === undefined
      ? undefined
      : context.creator.findRepositoryById(Number(source.repoId));
  if (!found) {
    throw badRequest(
      "The provided GitHub repository can't be found. Give `org` and `repo`, or `repoId`.",
      'incorrect_git_source_info',
    );
  }
  return found;
}

/** A deployment that is made again goes where it went before, unless told. */
function findTarget(
  context: VercelContext,
  project: Project,
  { target, customEnvironmentSlugOrId }: CreateBody,
  known: Deployment | undefined,
): Pick<Deployment, 'target' | 'customEnvironment'> {
  const named = customEnvironmentSlugOrId;
  if (named) {
    const { id, slug } = context.environments.get(project, named);
    return { customEnvironment: { id, slug } };
  }
  if (target === undefined) {
    return {
      target: known?.target,
      customEnvironment: known?.customEnvironment,
    };
  }
  if (target === null || target === 'preview') return {};
  if (target === 'production') return { target };
  throw badRequest(
    `Invalid request: \`target\` is "${target.slice(0, 60)}", but only "production" and "preview" exist here. A custom environment is named by \`customEnvironmentSlugOrId\`.`,
  );
}

/** Custom environments are named by slug or id. */
function parseTargetFilter(
  context: VercelContext,
  target: string | undefined,
  projectIds: string[] = [],
): string[] | undefined {
  if (target === undefined) return undefined;
  if (target === 'production' || target === 'preview') return [target];
  const ids = projectIds.flatMap(id => {
    const found = findEnvironment(context.projects.get(id), target);
    return found ? [found.id] : [];
  });
  return [target, ...ids];
}

function projectIdsOf(
  context: VercelContext,
  query: z.infer<typeof listSchema>,
): string[] | undefined {
  const named = [query.projectId, query.projectIds].flat().filter(Boolean);
  if (named.length === 0) return undefined;
  return named
    .flatMap(name => name?.split(',') ?? [])
    .map(name => context.projects.get(name).id);
}
