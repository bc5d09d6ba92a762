import type express from 'express';
import { z } from 'zod';
import { parseRequest } from '../errors';
import type { ProjectDomain } from '../model';
import type { VercelContext } from '../VercelContext';
import { describePage, getProject, parsePage } from './requests';

const redirectStatusSchema = z.union([
  z.literal(301),
  z.literal(302),
  z.literal(307),
  z.literal(308),
]);

const updateSchema = z.looseObject({
  gitBranch: z.string().max(250).nullish(),
  redirect: z.string().max(253).nullish(),
  redirectStatusCode: redirectStatusSchema.nullish(),
});

const createSchema = updateSchema.extend({ name: z.string().min(1) });

const PATH = '/v9/projects/:idOrName/domains';

/** Domains of a project, and what the DNS says about them. */
export function domainRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { domains, stores } = context;

  router.post(
    /^\/v(?:9|10)\/projects\/([^/]+)\/domains$/,
    (request, response) => {
      const project = context.projects.get(request.params[0]);
      const body = parseRequest(createSchema, request.body);
      const domain = domains.add(project, {
        name: body.name,
        gitBranch: body.gitBranch ?? undefined,
        redirect: body.redirect ?? undefined,
        redirectStatusCode: body.redirectStatusCode ?? undefined,
      });
      response.json(describe(domain));
    },
  );

  router.get(PATH, (request, response) => {
    const page = parsePage(request.query);
    const project = getProject(context, request);
    const items = stores.domains
      .list(project.id)
      .filter(({ createdAt }) => createdAt < (page.until ?? Infinity))
      .slice(0, page.limit);
    response.json({
      domains: items.map(describe),
      pagination: describePage(items, page, domain => domain.createdAt),
    });
  });

  router.get(`${PATH}/:domain`, (request, response) => {
    const project = getProject(context, request);
    response.json(describe(domains.get(project, request.params.domain)));
  });

  router.patch(`${PATH}/:domain`, (request, response) => {
    const project = getProject(context, request);
    const known = domains.get(project, request.params.domain);
    const body = parseRequest(updateSchema, request.body);
    const domain = domains.update(project, known, {
      gitBranch: body.gitBranch ?? undefined,
      redirect: body.redirect ?? undefined,
      redirectStatusCode: body.redirectStatusCode ?? undefined,
    });
    response.json(describe(domain));
  });

  router.delete(`${PATH}/:domain`, (request, response) => {
    const project = getProject(context, request);
    domains.remove(project, domains.get(project, request.params.domain));
    response.json({});
  });

  router.post(`${PATH}/:domain/verify`, (request, response) => {
    const project = getProject(context, request);
    response.json(describe(domains.get(project, request.params.domain)));
  });

  router.get('/v6/domains/:domain/config', async (request, response) => {
    response.json(await domains.inspect(request.params.domain));
  });
}

function describe(domain: ProjectDomain) {
  return {
    name: domain.name,
    apexName: domain.name.split('.').slice(-2).join('.'),
    projectId: domain.projectId,
    redirect: domain.redirect ?? null,
    redirectStatusCode: domain.redirectStatusCode ?? null,
    gitBranch: domain.gitBranch ?? null,
    customEnvironmentId: null,
    createdAt: domain.createdAt,
    updatedAt: domain.updatedAt,
    verified: domain.verified,
  };
}
