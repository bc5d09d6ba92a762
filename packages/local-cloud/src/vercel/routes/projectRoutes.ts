import type express from 'express';
import { z } from 'zod';
import { parseRequest } from '../errors';
import { ENVIRONMENTS, type Project } from '../model';
import type { VercelContext } from '../VercelContext';
import { envInputs, envVariableSchema } from './envRoutes';
import { describePage, getProject, parsePage } from './requests';

const settingsSchema = z.object({
  framework: z.string().max(60).nullish(),
  nodeVersion: z
    .enum(['20.x', '22.x', '24.x'], 'must be one of 20.x, 22.x, 24.x')
    .nullish(),
  buildCommand: z.string().max(256).nullish(),
  installCommand: z.string().max(256).nullish(),
  devCommand: z.string().max(256).nullish(),
  outputDirectory: z.string().max(256).nullish(),
  rootDirectory: z.string().max(256).nullish(),
  autoAssignCustomDomains: z.boolean().nullish(),
  previewDeploymentsDisabled: z.boolean().nullish(),
});

const createSchema = z.looseObject({
  name: z.string().min(1, 'must not be empty'),
  gitRepository: z
    .looseObject({
      type: z.literal('github', 'must be "github", the only one here'),
      repo: z.string(),
    })
    .nullish(),
  environmentVariables: z.array(envVariableSchema).optional(),
});

const updateSchema = z.looseObject({ name: z.string().min(1).optional() });

const listSchema = z.object({
  search: z.string().optional(),
  repo: z.string().optional(),
  from: z.coerce.number().int().optional(),
});

const linkSchema = z.looseObject({
  type: z.literal('github'),
  repo: z.string(),
  org: z.string().optional(),
});

/** Projects: create, get, list, update, link, pause, delete. */
export function projectRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { presenter } = context;
  const show = (project: Project) =>
    presenter.project(context.projects.get(project.id));

  router.post(/^\/v(?:9|10|11)\/projects$/, (request, response) => {
    const body = parseRequest(createSchema, request.body);
    const variables = envInputs(body.environmentVariables ?? [], {
      type: 'encrypted',
      targets: [...ENVIRONMENTS],
    });
    const project = context.stores.transaction(() => {
      const created = context.projects.create({
        name: body.name,
        repository: body.gitRepository?.repo,
        settings: parseRequest(settingsSchema, request.body),
      });
      for (const input of variables) {
        context.env.create(created, input, { upsert: false });
      }
      return created;
    });
    response.json(show(project));
  });

  router.get(/^\/v(?:9|10)\/projects$/, (request, response) => {
    const page = parsePage(request.query);
    const query = parseRequest(listSchema, request.query);
    const projects = context.stores.projects.list({
      limit: page.limit,
      before: query.from ?? page.until,
      search: query.search,
      repository: query.repo?.toLowerCase(),
    });
    response.json({
      projects: projects.map(project => presenter.project(project)),
      pagination: describePage(projects, page, project => project.updatedAt),
    });
  });

  router.get('/v9/projects/:idOrName', (request, response) => {
    response.json(presenter.project(getProject(context, request)));
  });

  router.patch('/v9/projects/:idOrName', (request, response) => {
    const project = getProject(context, request);
    const { name } = parseRequest(updateSchema, request.body);
    const settings = parseRequest(settingsSchema, request.body);
    response.json(show(context.projects.update(project, { name, settings })));
  });

  router.delete('/v9/projects/:idOrName', async (request, response) => {
    await context.projects.delete(getProject(context, request));
    response.status(204).end();
  });

  router.post('/v9/projects/:idOrName/link', (request, response) => {
    const { org, repo } = parseRequest(linkSchema, request.body);
    const repository = org ? `${org}/${repo}` : repo;
    const project = getProject(context, request);
    response.json(show(context.projects.setLink(project, repository)));
  });

  router.delete('/v9/projects/:idOrName/link', (request, response) => {
    const project = getProject(context, request);
    response.json(show(context.projects.setLink(project, undefined)));
  });

  pauseRoutes(router, context);
}

function pauseRoutes(router: express.Router, context: VercelContext): void {
  for (const [action, paused] of [
    ['pause', true],
    ['unpause', false],
  ] as const) {
    router.post(`/v1/projects/:projectId/${action}`, (request, response) => {
      context.projects.setPaused(getProject(context, request), paused);
      response.json({});
    });
  }
}
