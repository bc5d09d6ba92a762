import type express from 'express';
import { z } from 'zod';
import { parseRequest } from '../errors';
import type { CustomEnvironment, Project } from '../model';
import type { VercelContext } from '../VercelContext';
import { getProject } from './requests';

const PATH = '/v9/projects/:idOrName/custom-environments';

const matcherSchema = z.looseObject({
  type: z.enum(['equals', 'startsWith', 'endsWith']),
  pattern: z.string().min(1).max(100),
});

const createSchema = z.looseObject({
  slug: z.string(),
  description: z.string().max(256).optional(),
  branchMatcher: matcherSchema.optional(),
  copyEnvVarsFrom: z.string().max(60).optional(),
});

const updateSchema = z.looseObject({
  slug: z.string().optional(),
  description: z.string().max(256).optional(),
  branchMatcher: matcherSchema.nullish(),
});

const deleteSchema = z.looseObject({
  deleteUnassignedEnvironmentVariables: z.boolean().optional(),
});

/** Environments that a project has beside the standard ones. */
export function customEnvironmentRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { environments, limits, presenter } = context;
  const show = (project: Project, environment: CustomEnvironment) =>
    presenter.customEnvironment(context.projects.get(project.id), environment);
  const find = (request: express.Request) => {
    const project = getProject(context, request);
    const { environmentSlugOrId } = request.params;
    return { project, known: environments.get(project, environmentSlugOrId) };
  };

  router.get(PATH, (request, response) => {
    const project = getProject(context, request);
    response.json({
      accountLimit: { total: limits.customEnvironmentsPerProject },
      environments: (project.customEnvironments ?? []).map(environment =>
        presenter.customEnvironment(project, environment),
      ),
    });
  });

  router.post(PATH, (request, response) => {
    const project = getProject(context, request);
    const body = parseRequest(createSchema, request.body);
    const created = environments.create(project, body);
    response.status(201).json(show(project, created));
  });

  router.get(`${PATH}/:environmentSlugOrId`, (request, response) => {
    const { project, known } = find(request);
    response.json(show(project, known));
  });

  router.patch(`${PATH}/:environmentSlugOrId`, (request, response) => {
    const { project, known } = find(request);
    const body = parseRequest(updateSchema, request.body);
    response.json(show(project, environments.update(project, known, body)));
  });

  router.delete(`${PATH}/:environmentSlugOrId`, (request, response) => {
    const { project, known } = find(request);
    const body = parseRequest(deleteSchema, request.body);
    const shape = show(project, known);
    environments.delete(project, known, {
      deletesVariables: body.deleteUnassignedEnvironmentVariables ?? false,
    });
    response.json(shape);
  });
}
